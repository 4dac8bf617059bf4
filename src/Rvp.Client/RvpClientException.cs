namespace Rvp.Client;

/// <summary>Why something could not be done.</summary>
public enum RvpError
{
    /// <summary>No server could be reached, or it broke off.</summary>
    Unreachable,

    /// <summary>The server does not accept name and password.</summary>
    WrongPassword,

    /// <summary>There is no such person.</summary>
    NoSuchPerson,

    /// <summary>The other side does not allow it.</summary>
    NotAllowed,

    /// <summary>The subscription or view is over.</summary>
    Expired,

    /// <summary>The server is busy or cannot answer now; later it may.</summary>
    Busy,

    /// <summary>The server refused for another reason, or its answer cannot be read.</summary>
    Failed,

    /// <summary>No port of the range is free.</summary>
    NoFreePort,
}

/// <summary>Something could not be done; the message is one line for people.</summary>
public sealed class RvpClientException : Exception
{
    /// <summary>Makes one.</summary>
    public RvpClientException(RvpError error, string line, Exception? cause = null) : base(line, cause) => Error = error;

    /// <summary>Why.</summary>
    public RvpError Error { get; }

    /// <summary>True where trying again later may help.</summary>
    public bool IsTransient => Error is RvpError.Unreachable or RvpError.Busy;

    /// <summary>True where the request cannot have reached the server, so that repeating it is safe.</summary>
    internal bool IsUnsent { get; init; }
}
