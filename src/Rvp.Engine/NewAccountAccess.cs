namespace Rvp.Engine;

/// <summary>What others may do with an account as long as its owner has not written an access entry for everyone.</summary>
public enum NewAccountAccess
{
    /// <summary>Everyone may list, read, send and see presence, as in Exchange.</summary>
    Everyone,

    /// <summary>The same for people of the account's own IM domain; nothing for others.</summary>
    Domain,

    /// <summary>Everyone may list, read and send; presence is for those who have an entry, as contacts do.</summary>
    Contacts,
}
