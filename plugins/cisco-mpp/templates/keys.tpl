{% for number, line, label, function in XX_line_keys %}
<Extension_{{ number }}_>{{ line }}</Extension_{{ number }}_>
<Short_Name_{{ number }}_>{{ label }}</Short_Name_{{ number }}_>
<Share_Call_Appearance_{{ number }}_>private</Share_Call_Appearance_{{ number }}_>
<Extended_Function_{{ number }}_>{{ function }}</Extended_Function_{{ number }}_>
{% endfor %}
{% if XX_phone.modules %}
{% for name, function in XX_module_keys %}
<{{ name }}>{{ function }}</{{ name }}>
{% endfor %}
<Number_of_Units>{{ XX_modules }}</Number_of_Units>
<PoE_Power_Required>{{ "Maximum" if XX_modules else "Normal" }}</PoE_Power_Required>
{% endif %}
