using System.Net;
using Rvp.Protocol;

namespace Rvp.Client;

/// <summary>How the client proves who it is.</summary>
public enum AuthenticationScheme
{
    /// <summary>Digest where offered, else NTLM.</summary>
    Auto,

    /// <summary>Digest only; works through proxies and firewalls.</summary>
    Digest,

    /// <summary>NTLM (version 2) only.</summary>
    Ntlm,
}

/// <summary>How people of other organisations are reached.</summary>
public enum ForeignRoute
{
    /// <summary>At their own server; where that is out of reach or does not believe us, through the own home server.</summary>
    Auto,

    /// <summary>At their own server only.</summary>
    Direct,

    /// <summary>Through the own home server only.</summary>
    Relay,
}

/// <summary>A sign-in that outlives the process: what <see cref="RvpClient.DetachAsync"/> gives and <see cref="RvpClientOptions.Resume"/> takes.</summary>
/// <param name="SubscriptionId">The sign-in's id at the server.</param>
/// <param name="ViewId">Its view; null while no state has been set.</param>
/// <param name="Cursor">The last notification received by poll.</param>
public sealed record RvpSession(int SubscriptionId, int? ViewId, long? Cursor);

/// <summary>Who signs in, where and how. Immutable.</summary>
public sealed record RvpClientOptions
{
    /// <summary>The IM address.</summary>
    public required ImAddress Address { get; init; }

    /// <summary>The password. Shown to no server but those of the own IM domain, and to those only as a proof.</summary>
    public required string Password { get; init; }

    /// <summary>The account name, where it is not the address's; <c>DOMAIN\name</c> is understood.</summary>
    public string? UserName { get; init; }

    /// <summary>The name that others see beside messages; null asks the server for it.</summary>
    public string? DisplayName { get; init; }

    /// <summary>The server, for example <c>http://im.adatum.com:8080</c>: stands in place of the SRV look-up for the own domain. Null: the domain's
    /// SRV record, else the domain itself.</summary>
    public Uri? Server { get; init; }

    /// <summary>How notifications arrive. Long poll works everywhere.</summary>
    public ConnectionMode Mode { get; init; } = ConnectionMode.LongPoll;

    /// <summary>How to prove who it is.</summary>
    public AuthenticationScheme Scheme { get; init; } = AuthenticationScheme.Auto;

    /// <summary>How people of other organisations are reached.</summary>
    public ForeignRoute ForeignRoute { get; init; } = ForeignRoute.Auto;

    /// <summary>How long a state holds if this program dies: 20 minutes is the standard, 1 minute to 4 hours are possible. Renewed in time.</summary>
    public TimeSpan StateLease { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>A sign-in by poll to go on with; a fresh one is made where the server no longer knows it.</summary>
    public RvpSession? Resume { get; init; }

    /// <summary>False: <see cref="RvpClient.SignInAsync"/> renews and receives nothing, for programs that change a state and end with
    /// <see cref="RvpClient.DetachAsync"/>.</summary>
    public bool KeepAlive { get; init; } = true;

    /// <summary>How long one request may take.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>DNS servers; null takes the system's.</summary>
    public IReadOnlyList<IPEndPoint>? NameServers { get; init; }

    /// <summary>Opens connections in place of the system, for example through a SOCKS proxy.</summary>
    public Func<DnsEndPoint, CancellationToken, ValueTask<Stream>>? Connect { get; init; }

    /// <summary>The clock for leases and intervals; network time-outs always take real time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
