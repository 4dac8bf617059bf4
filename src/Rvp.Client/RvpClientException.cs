using System.Net.Sockets;

namespace Rvp.Client;

/// <summary>Why a request failed.</summary>
public enum RvpError
{
    /// <summary>No server could be reached, or the connection broke.</summary>
    Unreachable,

    /// <summary>DNS does not answer, so the server cannot be found.</summary>
    ResolverFailed,

    /// <summary>DNS says that there is no server.</summary>
    NoSuchServer,

    /// <summary>The server does not accept the name and password.</summary>
    WrongPassword,

    /// <summary>There is no such person.</summary>
    NoSuchPerson,

    /// <summary>The other side does not allow it.</summary>
    NotAllowed,

    /// <summary>The subscription or view is over.</summary>
    Expired,

    /// <summary>The server is busy or cannot answer now; trying later may help.</summary>
    Busy,

    /// <summary>The server refused for another reason, or its answer cannot be read.</summary>
    Failed,

    /// <summary>All ports of the range are in use.</summary>
    NoFreePort,
}

/// <summary>A request failed; the message is one line for people.</summary>
public sealed class RvpClientException : Exception
{
    /// <summary>Creates the exception.</summary>
    public RvpClientException(RvpError error, string line, Exception? cause = null) : base(line, cause) => Error = error;

    /// <summary>The kind of failure.</summary>
    public RvpError Error { get; }

    /// <summary>True if trying again later may help. A machine without a network often gets the answer that no server exists.</summary>
    public bool IsTransient => Error is RvpError.Unreachable or RvpError.ResolverFailed or RvpError.NoSuchServer or RvpError.Busy;

    /// <summary>True if the request cannot have reached the server, so that repeating it is safe.</summary>
    internal bool IsUnsent { get; init; }

    internal static RvpClientException ResolverFailed(string host, Exception? cause = null) =>
        new(RvpError.ResolverFailed, $"DNS does not answer for {host}.", cause) { IsUnsent = true };

    internal static RvpClientException NoSuchServer(string host, Exception? cause = null) =>
        new(RvpError.NoSuchServer, $"There is no server for {host}.", cause) { IsUnsent = true };

    /// <summary>The exception for a connection that failed.</summary>
    internal static RvpClientException NotReached(Uri server, Exception cause) =>
        (cause as SocketException ?? cause.InnerException as SocketException)?.SocketErrorCode switch
        {
            SocketError.HostNotFound or SocketError.NoData => NoSuchServer(server.Host, cause),
            SocketError.TryAgain or SocketError.NoRecovery => ResolverFailed(server.Host, cause),
            _ => new(RvpError.Unreachable, $"The server {server.Authority} cannot be reached.", cause) { IsUnsent = true },
        };
}
