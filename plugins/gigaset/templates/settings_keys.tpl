<functionKeys>
{% for index, context, label, action in XX_keys %}
<fkey idx="{{ index }}" context="{{ context }}" label="{{ label }}" perm="{{ "RW" if context == "active" else "R" }}">{{ action }}</fkey>
{% endfor %}
</functionKeys>
{% if XX_certificates %}
<certificates>
{% for url in XX_certificates %}
<certificate url="{{ url }}"/>
{% endfor %}
</certificates>
{% endif %}
