{% autoescape false %}

<FIRMWARE CHECK MODULE>
Enable Auto Upgrade :{{ 1 if XX_check_url else 0 }}
Upgrade Server 1    :{{ XX_check_url or "" }}
Upgrade Server 2    :
Auto Upgrade Interval:24

<GLOBAL CONFIG MODULE>
DHCP Auto DNS       :{{ 0 if XX_dns else 1 }}
{% if XX_dns %}
Primary DNS         :{{ XX_dns }}
Secondary DNS       :
{% endif %}

<QOS CONFIG MODULE>
Enable VLAN         :{{ 1 if XX_vlan else 0 }}
{% if XX_vlan %}
VLAN ID             :{{ XX_vlan.id }}
Signalling Priority :{{ XX_vlan.priority }}
Voice Priority      :{{ XX_vlan.priority }}
{% endif %}
{% if "vlan_pc_port_id" not in XX_phone.lacks %}
Enable PVID         :{{ 2 if XX_vlan and XX_vlan.pc_port_id else 0 }}
{% if XX_vlan and XX_vlan.pc_port_id %}
PVID Value          :{{ XX_vlan.pc_port_id }}
{% endif %}
{% endif %}

{% if XX_phone.old %}
<DEBUG CONFIG MODULE>
Enable Syslog       :{{ 1 if XX_syslog else 0 }}
Syslog address      :{{ XX_syslog.server if XX_syslog else "0.0.0.0" }}
Syslog port         :{{ XX_syslog.port if XX_syslog else 514 }}
{% else %}
<LOG CONFIG MODULE>
Level               :{{ XX_syslog.level if XX_syslog else "ERROR" }}
Syslog Server       :{{ XX_syslog.server if XX_syslog else "0.0.0.0" }}
Syslog Server Port  :{{ XX_syslog.port if XX_syslog else 514 }}
{% endif %}
{% if XX_users %}

<MMI CONFIG MODULE>
{% for number, name, password, level in XX_users %}
Account{{ number }} Name       :{{ name }}
Account{{ number }} Password   :{{ password }}
Account{{ number }} Level      :{{ level }}
{% endfor %}
{% endif %}
{% if XX_tones is not none %}

<MM CONFIG MODULE>
Select Your Tone    :{{ XX_tones }}
{% endif %}

<PHONE CONFIG MODULE>
{% if XX_menu_password %}
Menu Password       :{{ XX_menu_password }}
{% endif %}
LCD Title           :{{ XX_title }}
{% if XX_language is not none %}
{{ "Language        " if XX_phone.old else "Default Language" }}    :{{ XX_language }}
{% endif %}
Enable SNTP         :{{ 1 if XX_ntp else 0 }}
{% if XX_ntp %}
SNTP Server         :{{ XX_ntp }}
Second SNTP Server  :
{% endif %}
{% if XX_clock %}
Time Zone           :{{ XX_clock.quarters }}
Time Zone Name      :{{ XX_clock.name }}
DST Type            :{{ 2 if XX_clock.summer else 0 }}
{% if XX_clock.summer %}
DST Min Offset      :{{ XX_clock.summer.minutes }}
{% for side, change in XX_clock.summer.changes.items() %}
{% for name, value in change.items() %}
{{ "%-20s"|format("DST %s %s"|format(side, name)) }}:{{ value }}
{% endfor %}
{% endfor %}
{% endif %}
{% endif %}
{% endautoescape %}
