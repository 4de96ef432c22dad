{# The vendor warns of empty values: what has none isn't told. #}
{% macro param(name, value) %}
{% if value not in ("", none) %}
<param name="{{ name }}" value="{{ value }}"/>
{% endif %}
{% endmacro %}
{{ param("Provisioning.global.ProvisioningServer", XX_own_url) -}}
{{ param("WebUIAccounts.1.Password", XX_admin.password if XX_admin else none) -}}
{{ param("Telephony.0.ToneScheme", XX_tones) -}}
{{ param("DmGlobal.0.TimeZone", XX_clock.name if XX_clock else none) -}}
{{ param("DmGlobal.0.NtpServer", XX_ntp) -}}
{{ param("Netdir.1.Activated", 1 if XX_phonebook_url else 0) -}}
{% if XX_phonebook_url %}
{{ param("XMLDir.1.ProviderName", XX_phonebook_name) -}}
{{ param("XMLDir.1.ServerURL", XX_phonebook_url) -}}
{{ param("XMLDir.1.WhitePagesDirName", XX_phonebook_name) -}}
{{ param("XMLDir.1.StartWithListWP", 1) -}}
{% endif %}
{% for provider in XX_providers %}
{% set p = "SipProvider.%d."|format(provider.number) %}
{{ param(p ~ "Name", provider.domain) -}}
{{ param(p ~ "Domain", provider.domain) -}}
{{ param(p ~ "ProxyServerAddress", provider.proxy[0]) -}}
{{ param(p ~ "ProxyServerPort", provider.proxy[1]) -}}
{{ param(p ~ "RegServerAddress", provider.registrar[0]) -}}
{{ param(p ~ "RegServerPort", provider.registrar[1]) -}}
{{ param(p ~ "FailoverServerEnabled", 1 if provider.failover[0] else 0) -}}
{{ param(p ~ "FailoverServerAddress", provider.failover[0]) -}}
{{ param(p ~ "FailoverServerPort", provider.failover[1]) -}}
{{ param(p ~ "OutboundProxyMode", 0 if provider.outbound[0] else 2) -}}
{{ param(p ~ "OutboundProxyAddress", provider.outbound[0]) -}}
{{ param(p ~ "OutboundProxyPort", provider.outbound[1]) -}}
{{ param(p ~ "TransportProtocol", provider.transport) -}}
{{ param(p ~ "UseSIPS", 0) -}}
{{ param(p ~ "SRTP_Enabled", provider.srtp) -}}
{{ param(p ~ "AcceptNonSRTPCalls", provider.accepts_rtp) -}}
{{ param(p ~ "DTMFTransmission", provider.dtmf) -}}
{{ param(p ~ "MWISubscription", provider.mwi) -}}
{% endfor %}
{% for handset in XX_handsets %}
<oper name="add_hs" value="{{ handset.id }}">
{{ param("hs.RegStatus", "ToReg") -}}
</oper>
{% set h, line = handset.id, handset.line %}
{{ param("hs.%s.DECT_AC"|format(h), handset.pin) -}}
{{ param("SipAccount.%s.ProviderId"|format(h), handset.provider) -}}
{{ param("SipAccount.%s.AuthName"|format(h), line.auth_username) -}}
{{ param("SipAccount.%s.AuthPassword"|format(h), line.password) -}}
{{ param("SipAccount.%s.UserName"|format(h), line.username) -}}
{{ param("SipAccount.%s.DisplayName"|format(h), line.display_name or line.username) -}}
{{ param("SipAccount.%s.VoiceMailActive"|format(h), 1 if line.voicemail else 0) -}}
{{ param("SipAccount.%s.VoiceMailMailbox"|format(h), line.voicemail) -}}
{% endfor %}
{% include "removal.tpl" %}
