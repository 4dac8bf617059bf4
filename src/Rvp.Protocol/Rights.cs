namespace Rvp.Protocol;

/// <summary>The rights of the access control list, in the order of writing. [spec, ACL]</summary>
[Flags]
public enum Rights
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>See that the node exists.</summary>
    List = 1,

    /// <summary>Read properties.</summary>
    Read = 2,

    /// <summary>Change properties.</summary>
    Write = 4,

    /// <summary>Send notifications to the node.</summary>
    SendTo = 8,

    /// <summary>Receive the node's notifications.</summary>
    ReceiveFrom = 16,

    /// <summary>Read the access list.</summary>
    ReadAcl = 32,

    /// <summary>Change the access list.</summary>
    WriteAcl = 64,

    /// <summary>See the node's presence.</summary>
    Presence = 128,

    /// <summary>List the node's subscriptions.</summary>
    Subscriptions = 256,

    /// <summary>Subscribe for others, or with a callback of somebody else.</summary>
    SubscribeOthers = 512,

    /// <summary>All ten.</summary>
    All = 1023,
}
