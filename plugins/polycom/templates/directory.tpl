{% if XX_has_directory %}
<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<directory>
  <item_list>
{% for number, contact in XX_contacts.items() %}
    <item>
      <fn>{{ contact.label }}</fn>
      <ct>{{ number }}</ct>
      <sd>{{ contact.index }}</sd>
    </item>
{% endfor %}
  </item_list>
</directory>
{% endif %}
