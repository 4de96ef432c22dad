{% autoescape false %}
<<VOIP CONFIG FILE>>Version:{{ XX_version.ljust(34) }}

<AUTOUPDATE CONFIG MODULE>
Auto Server Digest  :1
{% if XX_server %}
{% if XX_phone.old %}
Download Server IP  :{{ XX_server }}
Config File Name    :$mac.cfg
Download Protocol   :{{ XX_server_protocol }}
Download Mode       :1
Download Interval   :24
{% else %}
Flash Server IP     :{{ XX_server }}
Flash File Name     :$mac.cfg
Flash Protocol      :{{ XX_server_protocol }}
Flash Mode          :1
Flash Interval      :24
{% endif %}
{% endif %}
{% endautoescape %}
