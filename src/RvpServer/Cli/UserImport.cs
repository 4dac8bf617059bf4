using System.CommandLine;
using System.Globalization;
using Rvp.Protocol;
using RvpServer.Directories;
using RvpServer.Network;

namespace RvpServer.Cli;

/// <summary><c>user import</c>: turns the rows of a file into accounts.</summary>
internal static class UserImport
{
    private static readonly string[] Columns = ["address", "display", "home", "password", "person"];

    /// <summary>Creates the command <c>user import</c>.</summary>
    public static Command Create(Func<ParseResult, CommandContext<UserSubject>> open)
    {
        var file = new Argument<string>("FILE")
        {
            Description = "CSV with the header address,display,home,password (LDAP: address,home,password,person, only address must be); - is standard input",
        };
        const string description = "Enables many accounts, all or none; in LDAP one by one, and after an error once more for the rest";
        var isUnchecked = UserCommand.UncheckedOption();
        var command = new Command("import", description) { file, isUnchecked };
        return command.WithAction(
            open, (context, stop) => RunAsync(context, context.Parsed.GetRequiredValue(file), context.Parsed.GetValue(isUnchecked), stop));
    }

    private static async Task<int> RunAsync(CommandContext<UserSubject> context, string file, bool isUnchecked, CancellationToken stop)
    {
        using var opened = Open(file, context);
        var seen = new List<(int Line, NewAccount Account)>();
        var accounts = context.Subject.Accounts;
        var rows = Read(opened ?? context.In, context.Subject.Homes, accounts.NeedsPassword);
        if (!isUnchecked) rows = await context.Subject.Search.RequireAsync(rows, stop);
        var count = await accounts.ImportAsync(rows.Select(Seen), read => ShowProgress(context, read), stop);
        if (context.IsInteractive) context.Error.WriteLine();
        context.Out.WriteLine(count == 1 ? "1 account imported." : Count(count) + " accounts imported.");
        UserPassword.WarnOfPidgin(context.Error, seen);
        await UserReach.WarnAsync(context, seen.FirstOrDefault().Account?.ToAccount(), stop);
        return ExitCode.Done;

        (int Line, NewAccount Account) Seen((int Line, NewAccount Account) row)
        {
            seen.Add(row);
            return row;
        }
    }

    // Standard input in the same way as a file: Excel writes UTF-16 too, or the letters of its country.
    private static StreamReader? Open(string name, CommandContext<UserSubject> context) =>
        name != "-" ? new StreamReader(name, Charsets.Utf8OrLatin1)
        : ReferenceEquals(context.In, Console.In) && Console.IsInputRedirected ? new StreamReader(Console.OpenStandardInput(), Charsets.Utf8OrLatin1)
        : null;

    private static void ShowProgress(CommandContext<UserSubject> context, int read)
    {
        if (context.IsInteractive && read % 100 == 0) context.Error.Write($"\r{Count(read)} accounts");
    }

    /// <summary>The accounts with their line numbers; throws <see cref="AccountException"/> naming the line.</summary>
    public static IEnumerable<(int Line, NewAccount Account)> Read(TextReader text, UserHomes homes, bool needsPassword)
    {
        List<string>? header = null;
        foreach (var (line, fields) in UserCsv.Read(text))
        {
            if (header is null)
            {
                header = ReadHeader(line, fields, needsPassword);
                continue;
            }
            if (fields.Count != header.Count) throw At(line, $"it has {Count(fields.Count)} fields, the header has {Count(header.Count)}.");
            var row = header.Zip(fields).ToDictionary(pair => pair.First, pair => pair.Second);
            yield return (line, ToAccount(line, row, homes, needsPassword));
        }
        if (header is null) throw At(1, "the file is empty; it begins with the header address,display,home,password.");
    }

    private static List<string> ReadHeader(int line, IReadOnlyList<string> fields, bool needsPassword)
    {
        var names = fields.Select(field => field.Trim().ToLowerInvariant()).ToList();
        foreach (var name in names)
        {
            if (!Columns.Contains(name)) throw At(line, $"the header has an unknown column \"{name}\"; columns are {string.Join(", ", Columns)}.");
            if (names.Count(other => other == name) > 1) throw At(line, $"the header has the column {name} twice.");
        }
        foreach (var needed in needsPassword ? new[] { "address", "password" } : ["address"])
            if (!names.Contains(needed)) throw At(line, $"the header lacks the column {needed}.");
        return names;
    }

    private static NewAccount ToAccount(int line, Dictionary<string, string> row, UserHomes homes, bool needsPassword)
    {
        if (!ImAddress.TryParse(row["address"], out var address)) throw At(line, $"\"{row["address"]}\" is no IM address.");
        try
        {
            var domain = homes.GetDomain(address).Name;
            // A password may be blank where none is needed, and begin with a blank where one is.
            var password = row.TryGetValue("password", out var typed) && (needsPassword || typed.Length > 0) ? typed : null;
            return new NewAccount(domain, address, TextOf(row, "display"), homes.GetHome(domain, TextOf(row, "home")), password)
            {
                Person = TextOf(row, "person"),
            };
        }
        catch (AccountException failure)
        {
            throw At(line, failure.Message);
        }
    }

    private static string? TextOf(Dictionary<string, string> row, string column) =>
        row.TryGetValue(column, out var text) && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static AccountException At(int line, string what) => new(string.Create(CultureInfo.InvariantCulture, $"Line {line}: {what}"));
}
