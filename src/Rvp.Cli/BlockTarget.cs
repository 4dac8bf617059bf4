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
        protected override async Task<bool> SetAsync(RvpClient client, bool isBlocked, CancellationToken stop)
        {
            if (!isBlocked && !(await client.GetBlockedAsync(stop)).Contains(Address)) return false;
            await (isBlocked ? client.BlockAsync(Address, stop) : client.UnblockAsync(Address, stop));
            return true;
        }

        public override string ToString() => Address.ToString();
    }

    /// <summary>Everybody of a domain and its subdomains.</summary>
    internal sealed record Domain(string Name) : BlockTarget
    {
        protected override async Task<bool> SetAsync(RvpClient client, bool isBlocked, CancellationToken stop)
        {
            if (!isBlocked && !(await client.GetBlockedDomainsAsync(stop)).Contains(Name)) return false;
            await (isBlocked ? client.BlockDomainAsync(Name, stop) : client.UnblockDomainAsync(Name, stop));
            return true;
        }

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

    /// <summary>Blocks it, or blocks it no longer, and says so.</summary>
    public async Task<string> ApplyAsync(RvpClient client, bool isBlocked, CancellationToken stop) =>
        !await SetAsync(client, isBlocked, stop) ? $"{this} was not blocked."
        : isBlocked ? $"{this} is blocked." : $"{this} is no longer blocked.";

    /// <summary>Blocks it, or blocks it no longer; false if it was not blocked.</summary>
    protected abstract Task<bool> SetAsync(RvpClient client, bool isBlocked, CancellationToken stop);
}
