// While a packet is being made, look again every few seconds; never under somebody who is about to press something.
(() => {
  const idle = () => !document.hidden && document.activeElement === document.body;
  setInterval(() => { if (idle()) location.reload(); }, 4000);
})();
