{% for line in XX_accounts %}
{% set n = line.number %}
  <Line_Enable_{{ n }}_>Yes</Line_Enable_{{ n }}_>
  <SIP_Transport_{{ n }}_>{{ line.transport }}</SIP_Transport_{{ n }}_>
  <Auth_Resync-Reboot_{{ n }}_>No</Auth_Resync-Reboot_{{ n }}_>
  <Proxy_{{ n }}_>{{ line.proxy }}</Proxy_{{ n }}_>
  <Use_Outbound_Proxy_{{ n }}_>{{ "Yes" if line.outbound else "No" }}</Use_Outbound_Proxy_{{ n }}_>
  <Outbound_Proxy_{{ n }}_>{{ line.outbound }}</Outbound_Proxy_{{ n }}_>
  <Use_OB_Proxy_In_Dialog_{{ n }}_>Yes</Use_OB_Proxy_In_Dialog_{{ n }}_>
  <Use_DNS_SRV_{{ n }}_>{{ "Yes" if line.is_list else "No" }}</Use_DNS_SRV_{{ n }}_>
  <DNS_SRV_Auto_Prefix_{{ n }}_>No</DNS_SRV_Auto_Prefix_{{ n }}_>
  <Register_{{ n }}_>Yes</Register_{{ n }}_>
  <Display_Name_{{ n }}_>{{ line.display_name }}</Display_Name_{{ n }}_>
  <User_ID_{{ n }}_>{{ line.username }}</User_ID_{{ n }}_>
  <Password_{{ n }}_>{{ line.password }}</Password_{{ n }}_>
  <Use_Auth_ID_{{ n }}_>Yes</Use_Auth_ID_{{ n }}_>
  <Auth_ID_{{ n }}_>{{ line.auth_username }}</Auth_ID_{{ n }}_>
  <DTMF_Tx_Method_{{ n }}_>{{ line.dtmf }}</DTMF_Tx_Method_{{ n }}_>
{% if line.has_dial_plan %}
  <Dial_Plan_{{ n }}_>{{ XX_phone.dial_plan }}</Dial_Plan_{{ n }}_>
{% endif %}
  <Voice_Mail_Server_{{ n }}_>{{ line.mailbox_server if XX_subscribe_mwi else "" }}</Voice_Mail_Server_{{ n }}_>
{% if XX_phone.kind == "phone" %}
  <Mailbox_ID_{{ n }}_>{{ line.username if XX_subscribe_mwi else "" }}</Mailbox_ID_{{ n }}_>
{% if XX_phone.priorities %}
  <SIP_CoS_Value_{{ n }}_>{{ XX_priorities.sip }}</SIP_CoS_Value_{{ n }}_>
  <RTP_CoS_Value_{{ n }}_>{{ XX_priorities.rtp }}</RTP_CoS_Value_{{ n }}_>
{% endif %}
{% else %}
  <DTMF_Process_AVT_{{ n }}_>Yes</DTMF_Process_AVT_{{ n }}_>
  <DTMF_Process_INFO_{{ n }}_>Yes</DTMF_Process_INFO_{{ n }}_>
{% if XX_phone.srtp %}
  <Secure_Call_Serv_{{ n }}_>Yes</Secure_Call_Serv_{{ n }}_>
  <Secure_Call_Setting_{{ n }}_>{{ "Yes" if line.secure else "No" }}</Secure_Call_Setting_{{ n }}_>
{% endif %}
{% endif %}
{% endfor %}
{% for n in XX_unused_accounts %}
  <Line_Enable_{{ n }}_>No</Line_Enable_{{ n }}_>
  <Proxy_{{ n }}_></Proxy_{{ n }}_>
  <Use_Outbound_Proxy_{{ n }}_>No</Use_Outbound_Proxy_{{ n }}_>
  <Outbound_Proxy_{{ n }}_></Outbound_Proxy_{{ n }}_>
  <Display_Name_{{ n }}_></Display_Name_{{ n }}_>
  <User_ID_{{ n }}_></User_ID_{{ n }}_>
  <Password_{{ n }}_></Password_{{ n }}_>
  <Auth_ID_{{ n }}_></Auth_ID_{{ n }}_>
  <Voice_Mail_Server_{{ n }}_></Voice_Mail_Server_{{ n }}_>
{% if XX_phone.kind == "phone" %}
  <Mailbox_ID_{{ n }}_></Mailbox_ID_{{ n }}_>
{% endif %}
{% endfor %}
{% if XX_phone.srtp %}
  <SRTP_Method>s-descriptor</SRTP_Method>
{% endif %}
  <!-- Codes that the device acts upon itself: all others reach the server. -->
{% for name, code in XX_codes.items() %}
  <{{ name }}>{{ code }}</{{ name }}>
{% endfor %}
