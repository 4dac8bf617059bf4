namespace RvpServer.Http;

/// <summary>
/// Who goes first when there is more to do than can be done. The order is that of what is lost: who cannot renew is signed off, a message that is refused is
/// written again, and what cannot be read is read later.
/// </summary>
internal enum Urgency
{
    /// <summary>What keeps people signed in, and what relieves the server: renewals, states, polls, sign-outs.</summary>
    Renewal,

    /// <summary>Messages and news.</summary>
    Message,

    /// <summary>New sign-ins and watches.</summary>
    Arrival,

    /// <summary>Look-ups, and what can wait as well.</summary>
    Reading,
}
