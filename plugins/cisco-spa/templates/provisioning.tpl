  <Provision_Enable>Yes</Provision_Enable>
  <Resync_On_Reset>Yes</Resync_On_Reset>
  <Resync_From_SIP>Yes</Resync_From_SIP>
  <Profile_Rule>{{ XX_url or "" }}/$MA.xml</Profile_Rule>
  <Profile_Rule_B></Profile_Rule_B>
  <Profile_Rule_C></Profile_Rule_C>
  <Profile_Rule_D></Profile_Rule_D>
{% if XX_phone.sccp %}
  <{{ XX_phone.sccp }}>No</{{ XX_phone.sccp }}>
{% endif %}
