namespace RvpServer.Directories;

/// <summary>What is left of <see cref="AccountLimits"/> while accounts are added one after another: each domain is counted once.</summary>
/// <param name="limits">How many there may be.</param>
/// <param name="countAsync">Counts those that a domain has.</param>
internal sealed class AccountRoom(AccountLimits limits, Func<string, Task<long>> countAsync)
{
    private readonly Dictionary<string, long> counts = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// For one more account of a domain; throws <see cref="AccountException"/> where there may be no more. Gives how many it has then; 0 if nobody counts.
    /// </summary>
    public async Task<long> TakeAsync(string domain)
    {
        if (!limits.Include(domain)) return 0;
        if (!counts.TryGetValue(domain, out var count)) count = await countAsync(domain);
        limits.Check(domain, count);
        return counts[domain] = count + 1;
    }
}
