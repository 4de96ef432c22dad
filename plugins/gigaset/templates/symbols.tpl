{% macro item(name, value) %}
<SYMB_ITEM ID="{{ name }}" class="symb_item" value="{{ value }}"/>
{% endmacro %}
{# A text has quotes of its own; %: all elements of an array, 0: the first. #}
{% macro words(name, value) %}
<SYMB_ITEM ID="{{ name }}" class="symb_item" value='"{{ value }}"'/>
{% endmacro %}
{% set data = XX_phone.data %}
{% set all = "%" if XX_phone.multicell else "0" %}
<MAC_ADDRESS value="{{ XX_mac }}"/>
<PROFILE_NAME class="string" value="provd"/>
<S_CONFIGFILE_URL class="string" value='"{{ XX_own_path }}"'/>
{% if XX_firmware and XX_phone.multicell %}
<S_SPECIAL_DATA_SRV_IWU class="string" value='"{{ XX_firmware.url }}?mac={{ XX_mac }}&amp;{{ XX_firmware.name }}"'/>
{% if XX_bases_firmware %}
<S_SPECIAL_DATA_SRV_SAT class="string" value='"{{ XX_bases_firmware.url }}?mac={{ XX_mac }}&amp;{{ XX_bases_firmware.name }}"'/>
{% endif %}
{% elif XX_firmware %}
<S_SPECIAL_DATA_SRV class="string" value='"{{ XX_firmware.url }}?mac={{ XX_mac }}&amp;{{ XX_firmware.name }}"'/>
{{ words("BS_IP_Data1.aucS_USER_FIRMWARE_URL[0]", XX_firmware.url) -}}
{% endif %}
{{ words(data ~ ".aucS_DATA_SERVER[0]", XX_data_server) -}}
{% if XX_pin %}
{{ item("BS_CUSTOM.aucKdsPin[0]", XX_pin) -}}
{% endif %}
{% if XX_tones is not none %}
{{ item("BS_AE_SwConfig.ucCountryCodeTone", XX_tones) -}}
{% endif %}
{% if XX_language is not none %}
{{ item(data ~ ".ucI_HTTPLANGUAGE", "0x%x"|format(XX_language)) -}}
{% endif %}
{% if XX_clock %}
{{ item(data ~ ".uiI_TIME_TIMEZONE", XX_clock.code) -}}
{{ item(data ~ ".ucB_TIME_USE_AUTOMATIC_DST", XX_clock.summer) -}}
{{ item(data ~ ".uiI_TIME_COUNTRY", XX_clock.country) -}}
{% endif %}
{% if XX_phone.multicell %}
{{ item(data ~ ".ucB_TIME_USE_AUTOMATIC_NTP_SYN", 1 if XX_ntp else 0) -}}
{% endif %}
{{ words("%s.aucS_TIME_NTP_SERVER[%s]"|format(data, all), XX_ntp or "") -}}
{% if "dns_ip" not in XX_phone.lacks %}
{{ item(data ~ ".ulI_DNS_SERVER_1", XX_dns) -}}
{% endif %}
{{ item(data ~ ".ucB_VLAN_ENABLED", 1 if XX_vlan else 0) -}}
{{ item(data ~ ".uiI_VLAN_ID", "0x%x"|format(XX_vlan.id if XX_vlan else 0)) -}}
{{ item(data ~ ".ucI_VLAN_PRIORITY", "0x%x"|format(XX_vlan.priority if XX_vlan else 0)) -}}
{{ item("BS_XML_Netdirs.aucAvailableNetdirs[0]", "0x2a" if XX_phonebook_url else "0x0") -}}
{{ item("BS_XML_Netdirs.aucActivatedNetdirs[0]", "0x2a" if XX_phonebook_url else "0x0") -}}
{{ words("BS_XML_Netdirs.astNetdirProvider[0].aucServerURL[%s]"|format(all), XX_phonebook_url) -}}
{% if XX_phone.multicell %}
{% include "multicell.tpl" %}
{% else %}
{{ item("BS_IP_Data1.ucB_DTMF_TX_MODE_AUTO", XX_dtmf.automatic) -}}
{{ item("BS_IP_Data1.ucI_DTMF_TX_MODE_BITS", XX_dtmf.bits) -}}
{% for account in XX_accounts %}
{% set n, s = account.number, account.suffix %}
{{ item("BS_IP_Data1.ucB_SIP_ACCOUNT_IS_ACTIVE_%d"|format(n), account.active) -}}
{{ words("BS_IP_Data1.aucS_SIP_ACCOUNT_NAME_%d[0]"|format(n), account.label) -}}
{{ words("BS_IP_Data3.aucS_SIP_LOGIN_ID%s[0]"|format(s), account.login) -}}
{{ words("BS_IP_Data1.aucS_SIP_PASSWORD%s[0]"|format(s), account.password) -}}
{{ words("BS_IP_Data1.aucS_SIP_USER_ID%s[0]"|format(s), account.user) -}}
{{ words("BS_IP_Data1.aucS_SIP_DISPLAYNAME%s[0]"|format(s), account.display_name) -}}
{{ words("BS_IP_Data1.aucS_SIP_DOMAIN%s[0]"|format(s), account.domain) -}}
{{ words("BS_IP_Data1.aucS_SIP_SERVER%s[0]"|format(s), account.proxy) -}}
{{ item("BS_IP_Data1.uiI_SIP_SERVER_PORT%s"|format(s), account.proxy_port) -}}
{{ words("BS_IP_Data1.aucS_SIP_REGISTRAR%s[0]"|format(s), account.registrar) -}}
{{ item("BS_IP_Data1.uiI_SIP_REGISTRAR_PORT%s"|format(s), account.registrar_port) -}}
{{ item("BS_IP_Data1.ucI_OUTBOUND_PROXY_MODE%s"|format(s), account.outbound_mode) -}}
{{ words("BS_IP_Data1.aucS_OUTBOUND_PROXY%s[0]"|format(s), account.outbound) -}}
{{ item("BS_IP_Data1.uiI_OUTBOUND_PROXY_PORT%s"|format(s), account.outbound_port) -}}
{{ words("BS_IP_Data1.aucS_VOIP_NET_AM_NUMBER_%d[0]"|format(n), account.mailbox) -}}
{{ item("BS_IP_Data1.ucB_VOIP_NET_AM_ENABLED_%d"|format(n), account.mailbox_enabled) -}}
{% if not XX_phone.fixed_line %}
{{ item("BS_Accounts.astAccounts[%d].uiSendMask"|format(n - 1), "0x%x"|format(account.mask)) -}}
{{ item("BS_Accounts.astAccounts[%d].uiReceiveMask"|format(n - 1), "0x%x"|format(account.mask)) -}}
{# A handset without a line of its own has the name that the base gave it. #}
{{ words("BS_AE_Subscriber.stMtDat[%d].aucTlnName[0]"|format(n - 1), account.display_name if account.active else "INT %d"|format(n)) -}}
{% endif %}
{% endfor %}
{% endif %}
