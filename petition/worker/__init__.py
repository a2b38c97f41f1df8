"""The worker: registrar, dispatcher and sweeps under one lock, and the threads that send."""
