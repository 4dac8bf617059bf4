using System.Net;
using Microsoft.Extensions.Logging;
using Rvp.Protocol;

namespace Rvp.Client;

/// <summary>How the client proves its identity.</summary>
public enum AuthenticationScheme
{
    /// <summary>Digest if offered, otherwise NTLM.</summary>
    Auto,

    /// <summary>Digest only; works through proxies and firewalls.</summary>
    Digest,

    /// <summary>NTLM (version 2) only.</summary>
    Ntlm,
}

/// <summary>How people in other organisations are reached, and those of our own at other home servers.</summary>
public enum ForeignRoute
{
    /// <summary>
    /// At their own server; if that cannot be reached or does not believe us, through our own home server. Messages through our own home server first: it notes
    /// them in our history.
    /// </summary>
    Auto,

    /// <summary>At their own server only: what is sent there is in no history of ours.</summary>
    Direct,

    /// <summary>Only through our own home server.</summary>
    Relay,
}

/// <summary>A sign-in that can outlive the process: returned by <see cref="RvpClient.DetachAsync"/>, passed in <see cref="RvpClientOptions.Resume"/>.</summary>
/// <param name="SubscriptionId">The sign-in's id at the server.</param>
/// <param name="ViewId">Its view; null if no state has been set yet.</param>
/// <param name="Cursor">The last notification received by poll.</param>
public sealed record RvpSession(int SubscriptionId, int? ViewId, long? Cursor);

/// <summary>The account, the server and how to connect. Immutable.</summary>
public sealed record RvpClientOptions
{
    /// <summary>The IM address.</summary>
    public required ImAddress Address { get; init; }

    /// <summary>The password. Never sent: only servers of our own IM domain get a proof made from it.</summary>
    public required string Password { get; init; }

    /// <summary>The account name, if it differs from the address; <c>DOMAIN\name</c> is understood.</summary>
    public string? UserName { get; init; }

    /// <summary>The name that others see with our messages; null asks the server for it.</summary>
    public string? DisplayName { get; init; }

    /// <summary>
    /// The server, for example <c>http://im.adatum.com:8080</c>: used instead of the SRV look-up for our own domain. Null: the domain's SRV record, otherwise
    /// the domain itself.
    /// </summary>
    public Uri? Server { get; init; }

    /// <summary>How notifications arrive. Long poll works everywhere.</summary>
    public ConnectionMode Mode { get; init; } = ConnectionMode.LongPoll;

    /// <summary>
    /// Where the server can call back, if it is not the address from which this machine would reach the server's name: where <see cref="Connect"/> leads
    /// elsewhere. Servers accept the address that the request comes from.
    /// </summary>
    public IPAddress? CallbackAddress { get; init; }

    /// <summary>The authentication scheme.</summary>
    public AuthenticationScheme Scheme { get; init; } = AuthenticationScheme.Auto;

    /// <summary>How people at other servers are reached.</summary>
    public ForeignRoute ForeignRoute { get; init; } = ForeignRoute.Auto;

    /// <summary>How long a state lasts if this program dies: 20 minutes by default, 1 minute to 4 hours possible. Renewed in time.</summary>
    public TimeSpan StateLease { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>A sign-in by poll to continue; a new one is made if the server no longer knows it.</summary>
    public RvpSession? Resume { get; init; }

    /// <summary>
    /// False: <see cref="RvpClient.SignInAsync"/> renews and receives nothing, for programs that change a state and end with
    /// <see cref="RvpClient.DetachAsync"/>.
    /// </summary>
    public bool KeepAlive { get; init; } = true;

    /// <summary>How many notifications a poll may bring at once, for programs that end after so many; null leaves it to the server.</summary>
    public int? PollLimit { get; init; }

    /// <summary>How long one request may take.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>DNS servers; null means those of the system.</summary>
    public IReadOnlyList<IPEndPoint>? NameServers { get; init; }

    /// <summary>Opens connections instead of the system, for example through a SOCKS proxy.</summary>
    public Func<DnsEndPoint, CancellationToken, ValueTask<Stream>>? Connect { get; init; }

    /// <summary>Changes how requests are sent, for example <see cref="SocketsHttpHandler.SslOptions"/> or the proxy; called for each connection.</summary>
    public Action<SocketsHttpHandler>? ConfigureHandler { get; init; }

    /// <summary>
    /// Where sign-ins, losses and (at Debug) requests are logged, under the category <c>Rvp.Client</c>; null: nowhere. No text, password or proof is.
    /// </summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>The clock for leases and intervals; network time-outs always use real time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>
    /// What the command line reads, for bots: <c>RVP_ACCOUNT</c>, <c>RVP_PASSWORD</c> and, where DNS does not lead to the server, <c>RVP_SERVER</c>. Throws
    /// <see cref="FormatException"/> where one is missing, or cannot be read.
    /// </summary>
    public static RvpClientOptions FromEnvironment()
    {
        var server = Environment.GetEnvironmentVariable("RVP_SERVER");
        return new RvpClientOptions
        {
            Address = ImAddress.Parse(Read("RVP_ACCOUNT")),
            Password = Read("RVP_PASSWORD"),
            Server = string.IsNullOrEmpty(server) ? null
                : Uri.TryCreate(server.Contains("://", StringComparison.Ordinal) ? server : "http://" + server, UriKind.Absolute, out var url) ? url
                : throw new FormatException($"RVP_SERVER is \"{server}\": write it like http://im.adatum.com:8080."),
        };

        static string Read(string variable) =>
            Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : throw new FormatException($"{variable} is not set.");
    }
}
