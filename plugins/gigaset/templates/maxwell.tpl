{% macro param(name, value) %}
<param name="{{ name }}" value="{{ value }}"/>
{% endmacro %}
{{ param("System.Provision.ProvisioningServer", XX_own_url) -}}
{% if XX_admin %}
{{ param("WebUI.AdminPassword", XX_admin.password) -}}
{% endif %}
{% if XX_user %}
{{ param("WebUI.UserPassword", XX_user.password) -}}
{% endif %}
{% if XX_language is not none %}
{{ param("WebUI.Language", XX_language) -}}
{{ param("PhoneUI.Settings.Language", XX_language) -}}
{% endif %}
{% if XX_tones is not none %}
{{ param("Telephony.ToneScheme", XX_tones) -}}
{% endif %}
{% if XX_clock %}
{{ param("System.DateAndTime.TimeZone", "GMT%s.%s"|format(XX_clock.hours, XX_clock.name)) -}}
{{ param("System.DateAndTime.AutoAdjustClockForDST", XX_clock.summer) -}}
{% endif %}
{{ param("System.DateAndTime.AutoAdjustTime", 1 if XX_ntp else 0) -}}
{{ param("System.DateAndTime.TimeServer", XX_ntp or "") -}}
{# 0: no tags, 1: the phone's own traffic, 2: that of the PC, too #}
{% set tags_pc = XX_vlan and XX_vlan.pc_port_id %}
{{ param("NET.VLAN.Tagging", (2 if tags_pc else 1) if XX_vlan else 0) -}}
{{ param("NET.VLAN.LAN.Identifier", XX_vlan.id if XX_vlan else 0) -}}
{{ param("NET.VLAN.LAN.Priority", XX_vlan.priority if XX_vlan else 0) -}}
{{ param("NET.VLAN.PC.Identifier", XX_vlan.pc_port_id if tags_pc else 0) -}}
{{ param("NET.VLAN.PC.Priority", XX_vlan.priority if tags_pc else 0) -}}
{{ param("SIP.TransportProtocol", XX_transport) -}}
{{ param("SIP.Security.UseSIPS", 0) -}}
{{ param("SIP.Security.SRTP", XX_srtp) -}}
{{ param("SIP.Security.AcceptNonSRTPCalls", XX_accepts_rtp) -}}
{{ param("SIP.DefaultAccount", XX_accounts|selectattr("line")|map(attribute="index")|first|d(0)) -}}
{% for account in XX_accounts %}
{% set a, line = "SIP.Account.%d."|format(account.index), account.line %}
{{ param(a ~ "Active", 1 if line else 0) -}}
{{ param(a ~ "AccountName", (line.extension or line.display_name) if line else "") -}}
{{ param(a ~ "AuthName", line.auth_username if line else "") -}}
{{ param(a ~ "AuthPassword", line.password if line else "") -}}
{{ param(a ~ "Username", line.username if line else "") -}}
{{ param(a ~ "DisplayName", line.display_name if line else "") -}}
{{ param(a ~ "Domain", account.registrar[0]) -}}
{{ param(a ~ "ProxyServer.Address", account.proxy[0]) -}}
{{ param(a ~ "ProxyServer.Port", account.proxy[1] or 5060) -}}
{{ param(a ~ "RegistrationServer.Address", account.registrar[0]) -}}
{{ param(a ~ "RegistrationServer.Port", account.registrar[1] or 5060) -}}
{{ param(a ~ "OutboundProxy.Mode", 1 if account.outbound[0] else 2) -}}
{{ param(a ~ "OutboundProxy.Address", account.outbound[0]) -}}
{{ param(a ~ "OutboundProxy.Port", account.outbound[1] or 5060) -}}
{{ param(a ~ "FailoverServer.Enabled", 1 if account.failover[0] else 0) -}}
{{ param(a ~ "FailoverServer.Address", account.failover[0]) -}}
{{ param(a ~ "FailoverServer.Port", account.failover[1] or 5060) -}}
{{ param(a ~ "DTMFTransmission", account.dtmf) -}}
{{ param(a ~ "VoiceMail.Active", 1 if line and line.voicemail else 0) -}}
{{ param(a ~ "VoiceMail.Mailbox", line.voicemail if line else "") -}}
{% endfor %}
{{ param("PhoneUI.Keys.ProgrammableKeys.DND.FAC.enable", XX_dnd) -}}
{{ param("PhoneUI.Keys.ProgrammableKeys.DND.FAC.disable", XX_dnd) -}}
{% for index, key in XX_keys %}
{% set k = "PhoneUI.Keys.FunctionKeys.%s."|format(index) %}
{{ param(k ~ "Type", key.type) -}}
{{ param(k ~ "DisplayName", key.label) -}}
{{ param(k ~ "Connection", key.connection) -}}
{{ param(k ~ "PhoneNumber", key.number) -}}
{{ param(k ~ "CallPickupCode", key.pickup) -}}
{% endfor %}
