using System.Net;
using RvpServer.Network;

namespace RvpServer.Outbound;

/// <summary>A policy's decision about an address.</summary>
internal enum AddressVerdict
{
    /// <summary>May be connected to.</summary>
    Allowed,

    /// <summary>The port is none that may be connected to.</summary>
    ForbiddenPort,

    /// <summary>This server itself listens there: it would connect to itself.</summary>
    OwnEndpoint,

    /// <summary>Its kind of address is not allowed.</summary>
    ForbiddenKind,

    /// <summary>It is neither the caller's own address nor in a configured range.</summary>
    NotTheCallers,
}

/// <summary>
/// Where this server may connect to for strangers, who name callbacks or write DNS zones. One type for all policies; each is a value:
/// <list type="number">
/// <item>never: a low port that is not named, this server itself, a kind of address in <see cref="Never"/>;</item>
/// <item>always: a range in <see cref="Ranges"/>;</item>
/// <item>if the caller is known: only the caller's own address, which is loopback for callers on loopback;</item>
/// <item>otherwise: the kinds in <see cref="Open"/>.</item>
/// </list>
/// </summary>
/// <param name="own">Where this server listens.</param>
internal sealed class AddressPolicy(OwnEndpoints own)
{
    /// <summary>Lowest port, except for <see cref="LowPorts"/>.</summary>
    public int MinPort { get; init; } = 1;

    /// <summary>Ports below the lowest one that are allowed all the same.</summary>
    public IReadOnlyList<int> LowPorts { get; init; } = [];

    /// <summary>Kinds that are forbidden even inside a configured range.</summary>
    public AddressKinds Never { get; init; }

    /// <summary>Ranges that are allowed for every caller.</summary>
    public IReadOnlyList<IPNetwork> Ranges { get; init; } = [];

    /// <summary>Kinds that are allowed if no caller is known.</summary>
    public AddressKinds Open { get; init; }

    /// <summary>Checks an address.</summary>
    /// <param name="address">The address, wrapped in IPv6 or not.</param>
    /// <param name="port">The port.</param>
    /// <param name="caller">The caller that wants the connection; null if it is unknown or does not matter.</param>
    public AddressVerdict Judge(IPAddress address, int port, IPAddress? caller = null)
    {
        var plain = PlainAddresses.Of(address);
        var kind = AddressKind.Of(plain);
        if (JudgeAgain(plain, port, kind) is var verdict and not AddressVerdict.Allowed) return verdict;
        if (Ranges.Cover(plain)) return AddressVerdict.Allowed;
        if (caller is null) return (kind & Open) != 0 ? AddressVerdict.Allowed : AddressVerdict.ForbiddenKind;
        var isCallers = kind == AddressKinds.Loopback ? IPAddress.IsLoopback(PlainAddresses.Of(caller)) : plain.Equals(PlainAddresses.Of(caller));
        return isCallers ? AddressVerdict.Allowed : AddressVerdict.NotTheCallers;
    }

    /// <summary>Checks an address that was allowed for its caller before, only by the rules that apply to every caller.</summary>
    public AddressVerdict JudgeAgain(IPAddress address, int port) => JudgeAgain(PlainAddresses.Of(address), port, AddressKind.Of(address));

    /// <summary>True for a port that may be connected to.</summary>
    public bool AllowsPort(int port) => port >= MinPort || LowPorts.Contains(port);

    private AddressVerdict JudgeAgain(IPAddress plain, int port, AddressKinds kind) =>
        !AllowsPort(port) ? AddressVerdict.ForbiddenPort
        : own.Contain(plain, port) || (AddressKind.Embedded(plain) is { } inner && own.Contain(inner, port)) ? AddressVerdict.OwnEndpoint
        : (kind & Never) != 0 ? AddressVerdict.ForbiddenKind
        : AddressVerdict.Allowed;
}
