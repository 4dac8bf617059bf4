using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Rvp.Protocol;
using RvpServer.Directories;

namespace RvpServer.Cli.Selftest;

/// <summary>Two accounts that exist only for a test. Those that a test left behind that was killed are removed by the next one.</summary>
internal sealed partial class TemporaryPeople : IAsyncDisposable
{
    private static readonly TimeSpan LongestTest = TimeSpan.FromHours(1);

    private readonly IAccounts accounts;
    private readonly List<Account> made = [];

    private TemporaryPeople(IAccounts accounts) => this.accounts = accounts;

    /// <summary>The two, with their password.</summary>
    public IReadOnlyList<(ImAddress Address, string Password)> People { get; private set; } = [];

    /// <summary>Makes two accounts of an IM domain, one on each of these home servers. Throws <see cref="AccountException"/>.</summary>
    public static async Task<TemporaryPeople> MakeAsync(
        IAccounts accounts, string domain, string mailDomain, IReadOnlyList<string> homes, TimeProvider clock, CancellationToken stop)
    {
        await RemoveLeftAsync(accounts, clock, stop);
        var people = new TemporaryPeople(accounts);
        try
        {
            var stem = string.Create(CultureInfo.InvariantCulture, $"selftest-{clock.GetUtcNow().ToUnixTimeSeconds():x}");
            List<(ImAddress, string)> named = [];
            for (var i = 0; i < 2; i++)
            {
                var password = Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));
                if (!ImAddress.TryParse(string.Create(CultureInfo.InvariantCulture, $"{stem}-{i + 1}@{mailDomain}"), out var address))
                    throw new AccountException($"{mailDomain} gives no addresses.");
                people.made.Add(await accounts.AddAsync(new NewAccount(domain, address, "Self-test", homes[i % homes.Count], password), stop));
                named.Add((address, password));
            }
            people.People = named;
            return people;
        }
        catch
        {
            await people.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var account in made) await accounts.RemoveAsync(account, CancellationToken.None);
        made.Clear();
    }

    private static async Task RemoveLeftAsync(IAccounts accounts, TimeProvider clock, CancellationToken stop)
    {
        foreach (var account in await accounts.ListAsync(stop))
        {
            if (Name().Match(account.Name) is not { Success: true } match) continue;
            var madeAt = DateTimeOffset.FromUnixTimeSeconds(Convert.ToInt64(match.Groups[1].Value, 16));
            if (clock.GetUtcNow() - madeAt > LongestTest) await accounts.RemoveAsync(account, stop);
        }
    }

    [GeneratedRegex("^selftest-([0-9a-f]{1,10})-[12]$")]
    private static partial Regex Name();
}
