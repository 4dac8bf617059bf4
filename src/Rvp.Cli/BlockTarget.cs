using Rvp.Client;
using Rvp.Protocol;

namespace Rvp.Cli;

/// <summary>Whom <c>block</c> and <c>unblock</c> mean. A closed set.</summary>
internal abstract record BlockTarget
{
    private BlockTarget()
    {
    }

    /// <summary>A person.</summary>
    internal sealed record Person(ImAddress Address) : BlockTarget
    {
        public override Task SetAsync(RvpClient client, bool isBlocked, CancellationToken stop) =>
            isBlocked ? client.BlockAsync(Address, stop) : client.UnblockAsync(Address, stop);

        public override string ToString() => Address.ToString();
    }

    /// <summary>Everybody of a domain and its subdomains.</summary>
    internal sealed record Domain(string Name) : BlockTarget
    {
        public override Task SetAsync(RvpClient client, bool isBlocked, CancellationToken stop) =>
            isBlocked ? client.BlockDomainAsync(Name, stop) : client.UnblockDomainAsync(Name, stop);

        public override string ToString() => Name;
    }

    /// <summary>A word that somebody typed: with an @ it is an address.</summary>
    public static BlockTarget Parse(string text)
    {
        if (text.Contains('@', StringComparison.Ordinal)) return new Person(AccountChoice.ParseAddress(text));
        var isDomain = text.Contains('.', StringComparison.Ordinal) && !text.Contains(':', StringComparison.Ordinal);
        return isDomain && HostAndPort.TryParse(text, out var place)
            ? new Domain(place.Host)
            : throw new ClientUsageException(
                $"\"{SafeText.Line(text)}\" is no IM address and no domain: write it like JoBrown@adatum.com or like adatum.com.");
    }

    /// <summary>Blocks it, or blocks it no longer.</summary>
    public abstract Task SetAsync(RvpClient client, bool isBlocked, CancellationToken stop);
}
