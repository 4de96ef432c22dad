"""
Network, logs and the device's own accounts.
"""

from provd.pluginkit.family.accounts import own_accounts
from provd.pluginkit.family.network import dns_server, ntp_server, syslog, vlan

_DEBUG_LEVELS = {"critical": 0, "error": 1, "warning": 1, "info": 2, "debug": 3}
_SYSLOG_PORT = 514
_SIP_PRIORITY, _RTP_PRIORITY = 3, 6  # as it comes from the factory


def system(raw_config, facts, report):
    if not facts["second_port"]:
        report.lacking(raw_config, ["vlan_pc_port_id"])
    if not facts["priorities"]:
        report.lacking(raw_config, ["vlan_priority"])
    return {
        "XX_ntp": ntp_server(raw_config) or "",
        "XX_dns": dns_server(raw_config) or "",
        "XX_vlan": vlan(raw_config, facts, report, facts["lowest_vlan"]),
        "XX_priorities": _priorities(raw_config),
        "XX_syslog": _syslog(raw_config, facts, report),
        "XX_users": _users(raw_config, facts, report),
    }


def _priorities(raw_config):
    priority = raw_config.get("vlan_priority")
    if priority in (None, "") or not raw_config.get("vlan_enabled"):
        return {"sip": _SIP_PRIORITY, "rtp": _RTP_PRIORITY}
    return {"sip": int(priority), "rtp": int(priority)}


def _syslog(raw_config, facts, report):
    log = syslog(raw_config)
    if log is None:
        return {"server": "", "level": 0}
    if facts["kind"] == "cucm":
        report.add("syslog_level", "this adapter has no such setting")
    server = log.host if log.port == _SYSLOG_PORT and facts["kind"] != "cucm" else f"{log.host}:{log.port}"
    return {"server": server, "level": _DEBUG_LEVELS.get(log.level, 1)}


def _users(raw_config, facts, report):
    """
    Return the name and password of each of the device's own accounts that the configuration sets, a name only
    where it may be chosen.
    """
    users, settable = {"admin": None, "user": None}, dict(raw_config)
    for role in users:
        if role not in facts["users"]:
            report.lacking(raw_config, [f"{role}_username", f"{role}_password"])
            settable[f"{role}_username"] = settable[f"{role}_password"] = None
    for role, account in own_accounts(settable, report, facts["users"], is_trimming=True).items():
        users[role] = account._replace(name="") if facts["users"][role] else account
    return users
