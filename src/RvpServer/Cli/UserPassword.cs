using System.Globalization;
using System.Text;
using RvpServer.Authentication.Digest;
using RvpServer.Directories;

namespace RvpServer.Cli;

/// <summary>Reads a password from standard input or a terminal, never from an argument, which others can see.</summary>
internal static class UserPassword
{
    private const int MaxLines = 20;

    /// <summary>The first line of standard input, or what a person types twice; throws <see cref="UsageException"/> when there is neither.</summary>
    public static string Read(CommandContext<UserSubject> context, bool isOnInput)
    {
        // Some shells begin what they pipe with a byte order mark.
        if (isOnInput) return context.In.ReadLine()?.TrimStart('\ufeff') ?? throw new UsageException("Standard input has no password.");
        if (!context.IsInteractive) throw new UsageException("There is no terminal to ask for the password: give it with --password-stdin.");
        var password = Ask(context.Error, "Password: ");
        return password == Ask(context.Error, "Again: ") ? password : throw new UsageException("The passwords differ.");
    }

    /// <summary>Warns of a password with which Pidgin's plugin computes a wrong Digest.</summary>
    public static void WarnOfPidgin(TextWriter output, Account account, string password)
    {
        if (!PuzzlesPidgin(account.Domain, account.Name, password)) return;
        output.WriteLine($"Pidgin cannot sign in as {account.Name} with this password, other clients can: set another one where Pidgin is used.");
    }

    /// <summary>The same for an import, of which the first are named.</summary>
    public static void WarnOfPidgin(TextWriter output, IEnumerable<(int Line, NewAccount Account)> imported)
    {
        var puzzling = imported
            .Where(row => row.Account.Password is { } password && PuzzlesPidgin(row.Account.Domain, row.Account.Address.Name, password)).ToList();
        if (puzzling.Count == 0) return;
        var lines = string.Join(", ", puzzling.Take(MaxLines).Select(row => row.Line.ToString(CultureInfo.InvariantCulture)));
        var more = puzzling.Count > MaxLines ? string.Create(CultureInfo.InvariantCulture, $" and {puzzling.Count - MaxLines} more") : "";
        output.WriteLine($"Pidgin cannot sign in with the passwords of lines {lines}{more}, other clients can: set others where Pidgin is used.");
    }

    // COMPAT(pidgin-librvp): it takes a zero byte in the hash of name, realm and password for the end.
    private static bool PuzzlesPidgin(string domain, string name, string password) => DigestProof.Ha1(name, domain, password).Contains((byte)0);

    private static string Ask(TextWriter prompt, string question)
    {
        prompt.Write(question);
        var typed = new StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            if (key.Key == ConsoleKey.Enter) break;
            if (key.Key == ConsoleKey.Backspace) typed.Length = Math.Max(0, typed.Length - 1);
            else if (!char.IsControl(key.KeyChar)) typed.Append(key.KeyChar);
        }
        prompt.WriteLine();
        return typed.ToString();
    }
}
