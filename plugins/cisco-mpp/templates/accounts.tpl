<Station_Name>{{ XX_phone_name }}</Station_Name>
<Station_Display_Name>{{ XX_phone_number }}</Station_Display_Name>
<Voice_Mail_Number>{{ XX_voicemail }}</Voice_Mail_Number>
<Secure_Call_Serv>{{ XX_secures_calls }}</Secure_Call_Serv>
<Secure_Call_Setting>{{ XX_prefers_secure_calls }}</Secure_Call_Setting>
{% for account in XX_accounts %}
{% set n = "_%d_" % account.number %}
<Line_Enable{{ n }}>{{ account.enabled }}</Line_Enable{{ n }}>
<Display_Name{{ n }}>{{ account.display_name }}</Display_Name{{ n }}>
<User_ID{{ n }}>{{ account.username }}</User_ID{{ n }}>
{# Firmware that knows Use_Auth_ID ignores Auth_ID without it. #}
<Use_Auth_ID{{ n }}>{{ account.enabled }}</Use_Auth_ID{{ n }}>
<Auth_ID{{ n }}>{{ account.auth_username }}</Auth_ID{{ n }}>
<Password{{ n }}>{{ account.password }}</Password{{ n }}>
<Proxy{{ n }}>{{ account.proxy }}</Proxy{{ n }}>
<Alternate_Proxy{{ n }}></Alternate_Proxy{{ n }}>
<Outbound_Proxy{{ n }}>{{ account.outbound_proxy }}</Outbound_Proxy{{ n }}>
<Alternate_Outbound_Proxy{{ n }}></Alternate_Outbound_Proxy{{ n }}>
<Dual_Registration{{ n }}>No</Dual_Registration{{ n }}>
<Use_DNS_SRV{{ n }}>{{ account.is_listed }}</Use_DNS_SRV{{ n }}>
<DNS_SRV_Auto_Prefix{{ n }}>No</DNS_SRV_Auto_Prefix{{ n }}>
<Proxy_Redundancy_Method{{ n }}>Normal</Proxy_Redundancy_Method{{ n }}>
<Register{{ n }}>{{ account.enabled }}</Register{{ n }}>
<SIP_Transport{{ n }}>{{ account.transport }}</SIP_Transport{{ n }}>
<Secure_Call_Option{{ n }}>{{ account.srtp }}</Secure_Call_Option{{ n }}>
<DTMF_Tx_Method{{ n }}>{{ account.dtmf }}</DTMF_Tx_Method{{ n }}>
<Voice_Mail_Server{{ n }}>{{ account.mwi_server }}</Voice_Mail_Server{{ n }}>
<Mailbox_ID{{ n }}></Mailbox_ID{{ n }}>
<Feature_Key_Sync{{ n }}>No</Feature_Key_Sync{{ n }}>
{# The server that asks for a resync doesn't know the line's password. #}
<Auth_Resync-Reboot{{ n }}>No</Auth_Resync-Reboot{{ n }}>
{% endfor %}
<DND_Act_Code>{{ XX_codes.dnd }}</DND_Act_Code>
<DND_Deact_Code></DND_Deact_Code>
<Cfwd_All_Act_Code>{{ XX_codes.fwd_unconditional }}</Cfwd_All_Act_Code>
<Cfwd_All_Deact_Code>{{ XX_codes.fwd_disable_all }}</Cfwd_All_Deact_Code>
<Cfwd_Busy_Act_Code>{{ XX_codes.fwd_busy }}</Cfwd_Busy_Act_Code>
<Cfwd_Busy_Deact_Code>{{ XX_codes.fwd_disable_all }}</Cfwd_Busy_Deact_Code>
<Cfwd_No_Ans_Act_Code>{{ XX_codes.fwd_no_answer }}</Cfwd_No_Ans_Act_Code>
<Cfwd_No_Ans_Deact_Code>{{ XX_codes.fwd_disable_all }}</Cfwd_No_Ans_Deact_Code>
<Call_Park_Code>{{ XX_codes.park }}</Call_Park_Code>
<Call_Pickup_Code>{{ XX_codes.pickup_call }}</Call_Pickup_Code>
<Group_Call_Pickup_Code>{{ XX_codes.pickup_group }}</Group_Call_Pickup_Code>
{# Codes of the phone that would keep the server from getting the same ones. #}
{% for name in XX_own_codes %}
<{{ name }}_Code></{{ name }}_Code>
{% endfor %}
