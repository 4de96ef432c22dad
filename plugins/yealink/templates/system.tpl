{% set s = XX_static %}
{% for role, name, password in XX_users %}
{{ s }}security.user_name.{{ role }} = {{ name }}
{{ s }}security.user_password = {{ name }}:{{ password }}
{% endfor %}
{% if XX_language %}
lang.gui = {{ XX_language }}
lang.wui = {{ XX_language }}
{% endif %}
{% if XX_language_pack %}
gui_lang.url = {{ XX_language_pack }}
{% endif %}
{% if XX_tone_country %}
voice.tone.country = {{ XX_tone_country }}
{% endif %}
local_time.ntp_server1 = {{ XX_ntp or "%NULL%" }}
local_time.manual_ntp_srv_prior = {{ 1 if XX_ntp else 0 }}
{% if XX_clock %}
local_time.dhcp_time = 0
local_time.time_zone = {{ XX_clock.offset }}
local_time.summer_time = {{ 1 if XX_clock.summer else 0 }}
{% if XX_clock.summer %}
local_time.dst_time_type = {{ XX_clock.summer.by_week }}
local_time.start_time = {{ XX_clock.summer.start }}
local_time.end_time = {{ XX_clock.summer.end }}
local_time.offset_time = {{ XX_clock.summer.minutes }}
{% endif %}
{% endif %}
{{ s }}network.static_dns_enable = {{ 1 if XX_dns else 0 }}
{% if XX_dns %}
{{ s }}network.primary_dns = {{ XX_dns }}
{{ s }}network.secondary_dns = %NULL%
{% endif %}
{% if XX_vlan %}
{{ s }}network.vlan.internet_port_enable = 1
{{ s }}network.vlan.internet_port_vid = {{ XX_vlan.id }}
{{ s }}network.vlan.internet_port_priority = {{ XX_vlan.priority }}
{{ s }}network.vlan.dhcp_enable = 0
{{ s }}network.lldp.enable = 0
{% else %}
{{ s }}network.vlan.internet_port_enable = 0
{{ s }}network.vlan.internet_port_vid = %NULL%
{{ s }}network.vlan.internet_port_priority = %NULL%
{{ s }}network.vlan.dhcp_enable = %NULL%
{{ s }}network.lldp.enable = %NULL%
{% endif %}
{% if "vlan_pc_port_id" not in XX_phone.lacks %}
{% if XX_vlan and XX_vlan.pc_port_id %}
{{ s }}network.vlan.pc_port_enable = 1
{{ s }}network.vlan.pc_port_vid = {{ XX_vlan.pc_port_id }}
{{ s }}network.vlan.pc_port_priority = {{ XX_vlan.priority }}
{% else %}
{{ s }}network.vlan.pc_port_enable = 0
{{ s }}network.vlan.pc_port_vid = %NULL%
{{ s }}network.vlan.pc_port_priority = %NULL%
{% endif %}
{% endif %}
{% if "enable" in XX_phone.syslog %}
{{ s }}syslog.enable = {{ 1 if XX_syslog else 0 }}
{{ s }}syslog.server = {{ XX_syslog.server if XX_syslog else "%NULL%" }}
{{ s }}syslog.server_port = {{ XX_syslog.port if XX_syslog else "%NULL%" }}
{{ s }}syslog.level = {{ XX_syslog.level if XX_syslog else "%NULL%" }}
{{ s }}syslog.transport_type = 0
{% endif %}
{% if "mode" in XX_phone.syslog %}
syslog.mode = {{ 1 if XX_syslog else 0 }}
syslog.server = {{ XX_syslog.server if XX_syslog else "%NULL%" }}
{% endif %}
{% for url in XX_certificates|reverse %}
{{ s }}trusted_certificates.url = {{ url }}
{% endfor %}
{{ s }}security.ca_cert = {{ 2 if XX_certificates else "%NULL%" }}
remote_phonebook.data.1.url = {{ XX_phonebook_url }}
remote_phonebook.data.1.name = {{ XX_phonebook_name if XX_phonebook_url != "%NULL%" else "%NULL%" }}
features.remote_phonebook.enable = {{ 1 if XX_phonebook_url != "%NULL%" else "%NULL%" }}
{{ s }}firmware.url = {{ XX_firmware_url or "%NULL%" }}
