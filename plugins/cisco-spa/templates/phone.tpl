  <Voice_Mail_Number>{{ XX_voicemail }}</Voice_Mail_Number>
{% if XX_phone.srtp %}
  <Secure_Call_Serv>Yes</Secure_Call_Serv>
  <Secure_Call_Setting>{{ "Yes" if XX_secure else "No" }}</Secure_Call_Setting>
{% endif %}
{% if XX_phone.second_port %}
  <Enable_PC_Port_VLAN_Tagging>{{ "Yes" if XX_vlan and XX_vlan.pc_port_id else "No" }}</Enable_PC_Port_VLAN_Tagging>
  <PC_Port_VLAN_ID>{{ XX_vlan.pc_port_id or "" if XX_vlan else "" }}</PC_Port_VLAN_ID>
{% endif %}
{% if XX_phone.display %}
  <Station_Name>{{ XX_accounts[0].label if XX_accounts else "" }}</Station_Name>
  <Default_Character_Encoding>{{ XX_encoding|upper }}</Default_Character_Encoding>
{% if XX_language %}
{% if XX_language.dictionaries %}
  <Dictionary_Server_Script>{{ XX_language.dictionaries }}</Dictionary_Server_Script>
{% endif %}
  <Language_Selection>{{ XX_language.name }}</Language_Selection>
{% if XX_language.locale %}
  <Locale>{{ XX_language.locale }}</Locale>
{% endif %}
{% endif %}
{% endif %}
{% if XX_phone.directory %}
  <XML_Directory_Service_Name>{{ XX_phonebook_name }}</XML_Directory_Service_Name>
  <XML_Directory_Service_URL>{{ XX_phonebook_url }}</XML_Directory_Service_URL>
{% endif %}
{% for key in XX_line_keys %}
{% set n = key.number %}
  <Extension_{{ n }}_>{{ key.extension }}</Extension_{{ n }}_>
  <Short_Name_{{ n }}_>{{ key.label }}</Short_Name_{{ n }}_>
{% if XX_phone.functions %}
  <Extended_Function_{{ n }}_>{{ key.function }}</Extended_Function_{{ n }}_>
{% endif %}
{% endfor %}
{% if XX_phone.functions %}
  <Server_Type>Asterisk</Server_Type>
  <Attendant_Console_Call_Pickup_Code>{{ XX_pickup }}</Attendant_Console_Call_Pickup_Code>
{% for module in range(1, XX_phone.modules + 1) %}
  <Unit_{{ module }}_Enable>Yes</Unit_{{ module }}_Enable>
{% endfor %}
{% for name, function in XX_module_keys.items() %}
  <{{ name }}>{{ function }}</{{ name }}>
{% endfor %}
{% endif %}
