<functionKeys>
{% for index, context, label, action in XX_keys %}
<fkey idx="{{ index }}" context="{{ context }}" label="{{ label }}" perm="{{ "RW" if action == "line" and context == "active" else "R" }}">{{ action }}</fkey>
{% endfor %}
</functionKeys>
