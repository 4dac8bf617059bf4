using Rvp.Protocol;
using RvpServer.Directories;

namespace RvpServer.Cli;

/// <summary>Prints accounts as text for people and as JSON for programs.</summary>
internal static class UserListing
{
    /// <summary>The URLs that the white paper's wizard shows at its end.</summary>
    public static void WriteUrls(TextWriter output, Account account, UserHomes homes)
    {
        output.WriteLine("IM address:    " + Shown(account.Email));
        output.WriteLine("Logical URL:   " + homes.LogicalUrl(account).Spelling);
        output.WriteLine("Physical URL:  " + (homes.PhysicalUrl(account) ?? "none: its home server is not configured"));
    }

    /// <summary>One account in full.</summary>
    public static void Write(TextWriter output, Account account, UserHomes homes)
    {
        WriteUrls(output, account, homes);
        output.WriteLine("Display name:  " + account.DisplayName);
        output.WriteLine("Addresses:     " + string.Join(", ", account.Addresses.Select(Shown)));
        output.WriteLine("Domain:        " + DomainName.ToUnicode(account.Domain));
        output.WriteLine("Home server:   " + (account.HomeServer ?? "any"));
        output.WriteLine("State:         " + StateOf(account));
    }

    /// <summary>One line per account, below a header line.</summary>
    public static void WriteTable(TextWriter output, IReadOnlyList<Account> accounts)
    {
        if (accounts.Count == 0)
        {
            output.WriteLine("No accounts.");
            return;
        }
        List<string[]> lines = [["ADDRESS", "DOMAIN", "HOME", "STATE", "DISPLAY NAME"]];
        lines.AddRange(accounts.Select(account => new[]
        {
            Shown(account.Email), DomainName.ToUnicode(account.Domain), account.HomeServer ?? "any", StateOf(account), account.DisplayName,
        }));
        var widths = Enumerable.Range(0, 4).Select(column => lines.Max(line => line[column].Length)).ToList();
        foreach (var line in lines)
        {
            for (var column = 0; column < widths.Count; column++) output.Write(line[column].PadRight(widths[column] + 2));
            output.WriteLine(line[4]);
        }
    }

    /// <summary>An array of all.</summary>
    public static void WriteJson(TextWriter output, IReadOnlyList<Account> accounts, UserHomes homes) =>
        output.WriteJson(accounts.Select(account => JsonOf(account, homes)));

    /// <summary>One object.</summary>
    public static void WriteJson(TextWriter output, Account account, UserHomes homes) =>
        output.WriteJson(JsonOf(account, homes));

    private static object JsonOf(Account account, UserHomes homes) => new
    {
        Address = account.Email,
        account.Addresses,
        account.DisplayName,
        account.Domain,
        account.Name,
        Home = account.HomeServer,
        Enabled = account.IsEnabled,
        LogicalUrl = homes.LogicalUrl(account).Spelling,
        PhysicalUrl = homes.PhysicalUrl(account),
    };

    private static string Shown(string address) => ImAddress.TryParse(address, out var read) ? read.Shown : address;

    private static string StateOf(Account account) => account.IsEnabled ? "enabled" : "disabled";
}
