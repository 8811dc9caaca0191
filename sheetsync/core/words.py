"""Other words that registers use for a template's allowed values ("Supporter" for "supportive").

A word counts only in a column that allows one of its meanings. Words that could mean two things in one
column are left out on purpose: those a person decides.
"""

from __future__ import annotations

from collections.abc import Mapping

#: Allowed value -> the words that mean it, folded.
_WORDS: Mapping[str, str] = {
    # yes and no
    "yes": "y, true, x, ✓, ✔, ☑, ok, si, ja, oui",
    "no": "n, false, ✗, ✘, ☐, nein, non",
    # how much influence
    "5": "very high, high, h, strong, critical",
    "3": "medium, med, m, moderate, average",
    "1": "low, very low, l, weak, minimal",
    # where people stand
    "unaware": "unknown, not aware, does not know yet, unfamiliar",
    "resistant": "skeptic, skeptical, sceptic, sceptical, opposed, opponent, against, negative, hostile",
    "neutral": "undecided, on the fence, indifferent",
    "supportive": "supporter, supports, positive, favorable, favourable, in favor, in favour, fan, ally",
    "leading": "leads, leader, champion, advocate",
    # how they are involved
    "inform": "informed, keep informed",
    "consult": "consulted",
    "co-design": "codesign, co-create, collaborate, partner",
    "decide": "decider, decision maker, decision-maker, approver",
    # what they decide on
    "decides": "decision maker, decision-maker, decider, approver, final say",
    "budget": "budget holder, budget owner, funds, funding",
    "headcount": "hiring, head count, positions",
    "influences": "influencer, influence, advisor, adviser",
    # teams
    "Technical leadership": "engineering leadership, tech leadership",
    "Technical managers": "engineering manager, engineering managers, tech manager, technical manager",
    "Technical mentors": "mentor, mentors, technical mentor",
    "Recruiting leadership": "head of recruiting, recruiting lead, talent acquisition leadership",
    "Recruiting managers": "recruiter, recruiters, recruiting manager",
    "Your manager": "my manager, my boss",
    "ERG": "ergs, employee resource group, affinity group, brg",
    "C-suite": "executive, executives, exec, c-level, c level, ceo, cfo, coo, cto, cio",
    "HR / people ops": "hr, human resources, people ops, people operations",
    "DEIB leadership": "dei, deib, de&i, diversity and inclusion, dei leadership",
    "Social impact": "csr, corporate social responsibility, social responsibility, social impact leadership",
    # roles in the group
    "Planning": "project management, project manager, planner",
    "Communications": "comms, communication, internal comms, messaging",
    "External partners": "partnerships, external collaboration, community partners, vendors",
    "Research": "researcher",
    # levels
    "director and above": "director, vp, vice president, executive",
    "junior": "jr, entry level",
    "mid": "medium, mid-level, mid level, intermediate",
    "senior": "sr, principal, staff",
    "manager": "mgr, people manager",
    # states
    "open": "to do, todo, not started, in progress, pending, ongoing, new, wip, doing",
    "done": "complete, completed, closed, finished, resolved",
    "dropped": "cancelled, canceled, abandoned, rejected, won't do",
    "not started": "no, not yet",
    "asked": "requested, in progress",
    "agreed": "approved",
    "active": "current",
    "paused": "on hold, on leave",
    "alumni": "left, former, alum, alumna, alumnus",
    # formats
    "1:1": "1-1, 1on1, 1-on-1, one on one, one-on-one, one to one, 1 to 1",
    "group": "group meeting, workshop",
    "async": "asynchronous, email, e-mail, chat",
    "expert": "expert session, guest speaker",
    # kinds of log entries
    "action": "action item, task, next step",
    "question": "open question",
    "blocker": "obstacle, impediment",
    # stages
    "Explore": "exploration, discovery",
    "Partner": "partnering",
    "Build": "building",
    "Register": "registration",
    "Launch": "launching, go live",
    # mail and sharing
    "instant": "immediately, immediate",
    "weekly": "digest, once a week",
    "org": "organization, organisation, company",
    "external": "public",
}


def _by_word() -> dict[str, tuple[str, ...]]:
    meanings: dict[str, tuple[str, ...]] = {}
    for value, words in _WORDS.items():
        for word in words.split(", "):
            meanings[word] = (*meanings.get(word, ()), value)
    return meanings


#: Folded word -> the allowed values it may mean, one of them in any one column.
MEANINGS: Mapping[str, tuple[str, ...]] = _by_word()
