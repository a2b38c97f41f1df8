"""What a packet of the campaign's petition says of the whole campaign, and what comes after a packet's checkpoint."""

from datetime import timedelta

from petition import clock
from petition.packets import freezing
from petition.packets.contents import PacketContents
from petition.packets.options import Options
from petition.pdf.surroundings import workshop
from petition.statements.reading import published as in_force
from petition.web.language import speaking
from tests import publishing
from tests.ground import SLUG, House
from tests.sample_audits import packet


def frozen(house: House, options: Options | None = None) -> PacketContents:
    """What a packet of this moment says."""
    house.register()
    with house.reading() as session, speaking("en"), workshop("packet") as folder:
        text = in_force(session, SLUG, "en")
        return freezing.freeze(session, text, folder, sample=True, now=clock.now(), options=options or Options())[1]


def test_a_mailbox_that_signed_two_texts_of_the_campaign_is_one_mailbox_and_counts_are_not_added(house: House) -> None:
    slug = publishing.published(house, "NE")
    with house.writing() as session:
        in_force(session, slug, "en").statement.takes_signatures = True
    for address, texts in (("ada@patron.example", (SLUG, slug)), ("bo@patron.example", (slug,))):
        for each in texts:
            house.later(minutes=11)
            house.sign(None, each, email=address)
            house.work()
            house.confirm(address)
            house.work()
    said = frozen(house)
    assert said.count.verified == 1
    assert said.campaign is not None
    assert said.campaign.mailboxes == 2
    assert [(each.title, each.verified) for each in said.campaign.statements] == [(publishing.TEXT["title"], 2)]


def test_what_was_signed_in_time_and_confirmed_after_the_checkpoint_is_in_the_supplement(house: House) -> None:
    house.signed("ada@patron.example", name="Ada Sample")
    house.sign(email="bo@patron.example", name="Bo Sample")
    house.work()
    packet(house)
    with house.writing() as session:
        campaign = in_force(session, SLUG, "en").statement.campaign
        campaign.closes_at = clock.now()
    house.later(seconds=timedelta(days=2).total_seconds())
    assert house.confirm("bo@patron.example").status_code == 303
    house.work()
    added = frozen(house, Options(since=1))
    assert added.since is not None
    assert (added.since.then, added.since.added, added.since.gone) == (1, 1, ())
    assert added.count.verified == 2
    whole = frozen(house)
    assert sum(len(group.entries) for group in whole.roster) == 2
