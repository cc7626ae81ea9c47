"""Roles: who may do what in the console."""

from enum import StrEnum


class Role(StrEnum):
    """Each role may do what those before it may."""

    VIEWER = "viewer"
    ENGINEER = "engineer"
    MANAGER = "manager"
    OPERATOR = "operator"

    def includes(self, other: "Role") -> bool:
        """Whether somebody with this role may do what asks for the other."""
        order = list(Role)
        return order.index(self) >= order.index(other)


WHAT_FOR = {
    Role.VIEWER: "sees who is on call, tickets and calls, with telephone numbers masked",
    Role.ENGINEER: "takes tickets, asks for cover, writes and ends announcements, sees telephone numbers",
    Role.MANAGER: "edits rotas, policies, partners, regions and engineers",
    Role.OPERATOR: "decides who may sign in",
}
"""What each role may do beyond the one before it, in words."""
