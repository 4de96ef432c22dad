  <dsskey>
{% if "main" in XX_key_pages %}
    <FuncKeyPageNum>{{ XX_key_pages.main }}</FuncKeyPageNum>
{% endif %}
{% if "side" in XX_key_pages %}
    <SideKeyPageNum>{{ XX_key_pages.side }}</SideKeyPageNum>
{% endif %}
{% for group, element in (("side", "dssSide"), ("main", "internal")) %}
{% for page, keys in XX_keys.get(group, {}).items() %}
    <{{ element }} index="{{ page }}">
{% for number, type, value, label in keys %}
      <Fkey index="{{ number }}">
        <Type>{{ type }}</Type>
        <Value>{{ value }}</Value>
        <Title>{{ label }}</Title>
      </Fkey>
{% endfor %}
    </{{ element }}>
{% endfor %}
{% endfor %}
{% for number, type, value, label in XX_keys.get("soft", {}).get(1, []) %}
    <dssSoft index="{{ number }}">
      <Type>{{ type }}</Type>
      <Value>{{ value }}</Value>
      <Title>{{ label }}</Title>
    </dssSoft>
{% endfor %}
  </dsskey>
