{% set p = "BS_VOIP_Data.astVoipProviders[0]." %}
{{ item(p ~ "ucSIP_PREFERRED_TRANSPORT_LAYER", XX_transport) -}}
{{ words(p ~ "aucSIP_DOMAIN[%]", XX_provider.domain) -}}
{{ words(p ~ "aucSIP_SERVER[%]", XX_provider.proxy) -}}
{{ item(p ~ "uiSIP_SERVER_PORT", XX_provider.proxy_port) -}}
{{ words(p ~ "aucSIP_REGISTRAR[%]", XX_provider.registrar) -}}
{{ item(p ~ "uiSIP_REGISTRAR_PORT", XX_provider.registrar_port) -}}
{{ item(p ~ "ucOUTBOUND_PROXY_MODE", XX_provider.outbound_mode) -}}
{{ words(p ~ "aucOUTBOUND_PROXY[%]", XX_provider.outbound) -}}
{{ item(p ~ "uiOUTBOUND_PROXY_PORT", XX_provider.outbound_port) -}}
{{ item("BS_VOIP_Data.ucB_DTMF_TX_MODE_AUTO", XX_dtmf.automatic) -}}
{{ item("BS_VOIP_Data.ucI_DTMF_TX_MODE_BITS", XX_dtmf.bits) -}}
{% for name, code in XX_codes %}
{{ words("BS_VOIP_Data.astVoipProviders[%%].%s[%%]"|format(name), code) -}}
{% endfor %}
{% for account in XX_accounts %}
{% set a = "BS_VOIP_Data.astVoipAccounts[%d]."|format(account.index) %}
{{ item(a ~ "ucB_SIP_ACCOUNT_IS_ACTIVE_1", account.active) -}}
{{ words(a ~ "aucS_SIP_LOGIN_ID[0]", account.login) -}}
{{ words(a ~ "aucS_SIP_PASSWORD[0]", account.password) -}}
{{ words(a ~ "aucS_SIP_USER_ID[0]", account.user) -}}
{{ words(a ~ "aucS_SIP_DISPLAYNAME[0]", account.display_name) -}}
{{ words(a ~ "aucS_VOIP_NET_AM_NUMBER_1[%]", account.mailbox) -}}
{{ item(a ~ "ucB_VOIP_NET_AM_ENABLED_1", account.mailbox_enabled) -}}
{% endfor %}
