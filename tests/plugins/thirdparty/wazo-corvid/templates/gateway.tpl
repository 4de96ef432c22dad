{% for no in sip_lines -%}
port {{ no }} {{ sip_lines[no]['username'] }}
{% endfor -%}
