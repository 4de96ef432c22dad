<?xml version="1.0" encoding="UTF-8"?>
{% macro account(no, line) -%}
  <account no="{{ no }}" name="{{ line['display_name']|e }}" user="{{ line['auth_username']|d(line['username'])|e }}" secret="{{ line['password']|e }}" registrar="{{ line['registrar_ip'] or sip_registrar_ip }}" port="{{ '%05d'|format(line['registrar_port']|d(5060)|int) }}"/>
{%- endmacro %}
<settings transport="{{ XX_transport }}">
{% for no, line in sip_lines|dictsort -%}
{{ account(no, line) }}
{% endfor -%}
{% if XX_timezone is defined -%}
<time>{{ XX_timezone }}</time>
{% endif -%}
{% block keys -%}
{% for no, key in funckeys.items()|sort -%}
<key no="{{ no }}" type="{{ key['type'] }}">{{ key['value']|string }}</key>
{% endfor -%}
{% endblock -%}
{% include 'common/directory.tpl' %}
</settings>
