using System.Net.Sockets;

namespace Rvp.Client;

/// <summary>Why something could not be done.</summary>
public enum RvpError
{
    /// <summary>No server could be reached, or it broke off.</summary>
    Unreachable,

    /// <summary>DNS does not answer, so nobody can tell where the server is.</summary>
    ResolverFailed,

    /// <summary>DNS says that there is no server.</summary>
    NoSuchServer,

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

    /// <summary>True where trying again later may help; a machine that has lost its network is often told that no server exists.</summary>
    public bool IsTransient => Error is RvpError.Unreachable or RvpError.ResolverFailed or RvpError.NoSuchServer or RvpError.Busy;

    /// <summary>True where the request cannot have reached the server, so that repeating it is safe.</summary>
    internal bool IsUnsent { get; init; }

    internal static RvpClientException ResolverFailed(string host, Exception? cause = null) =>
        new(RvpError.ResolverFailed, $"DNS does not answer for {host}.", cause) { IsUnsent = true };

    internal static RvpClientException NoSuchServer(string host, Exception? cause = null) =>
        new(RvpError.NoSuchServer, $"There is no server for {host}.", cause) { IsUnsent = true };

    /// <summary>Why a connection could not be made.</summary>
    internal static RvpClientException NotReached(Uri server, Exception cause) =>
        (cause as SocketException ?? cause.InnerException as SocketException)?.SocketErrorCode switch
        {
            SocketError.HostNotFound or SocketError.NoData => NoSuchServer(server.Host, cause),
            SocketError.TryAgain or SocketError.NoRecovery => ResolverFailed(server.Host, cause),
            _ => new(RvpError.Unreachable, $"The server {server.Authority} cannot be reached.", cause) { IsUnsent = true },
        };
}
