using System.Net;
using RvpServer.Network;

namespace RvpServer.Outbound;

/// <summary>What a policy thinks of an address.</summary>
internal enum AddressVerdict
{
    /// <summary>May be called.</summary>
    Allowed,

    /// <summary>The port is below the lowest that may be called.</summary>
    LowPort,

    /// <summary>This server listens there itself: the call would come back.</summary>
    OwnEndpoint,

    /// <summary>Its kind of address may not be called.</summary>
    ForbiddenKind,

    /// <summary>It is neither the caller's own address nor in a configured range.</summary>
    NotTheCallers,
}

/// <summary>
/// Where this server may be made to connect to, by strangers who name callbacks or write DNS zones. One type for all policies; each is a value:
/// <list type="number">
/// <item>never: a low port, this server itself, a kind of address in <see cref="Never"/>;</item>
/// <item>always: a range in <see cref="Ranges"/>;</item>
/// <item>where the caller is known: the caller's own address and no other, loopback for callers on loopback;</item>
/// <item>else: the kinds in <see cref="Open"/>.</item>
/// </list>
/// </summary>
/// <param name="own">Where this server listens.</param>
internal sealed class AddressPolicy(OwnEndpoints own)
{
    /// <summary>Lowest port.</summary>
    public int MinPort { get; init; } = 1;

    /// <summary>Kinds that no configured range opens.</summary>
    public AddressKinds Never { get; init; }

    /// <summary>Ranges that are allowed, whoever asks.</summary>
    public IReadOnlyList<IPNetwork> Ranges { get; init; } = [];

    /// <summary>Kinds that are allowed where no caller is known.</summary>
    public AddressKinds Open { get; init; }

    /// <summary>Judges an address.</summary>
    /// <param name="address">The address, wrapped in IPv6 or not.</param>
    /// <param name="port">The port.</param>
    /// <param name="caller">Who had it called; null where that is not known or does not count.</param>
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

    /// <summary>Judges an address that was allowed for its caller before: what holds for every caller.</summary>
    public AddressVerdict JudgeAgain(IPAddress address, int port) => JudgeAgain(PlainAddresses.Of(address), port, AddressKind.Of(address));

    private AddressVerdict JudgeAgain(IPAddress plain, int port, AddressKinds kind) =>
        port < MinPort ? AddressVerdict.LowPort
        : own.Contain(plain, port) ? AddressVerdict.OwnEndpoint
        : (kind & Never) != 0 ? AddressVerdict.ForbiddenKind
        : AddressVerdict.Allowed;
}
