using System.Text;

namespace RvpServer.Cli;

/// <summary>Reads a password from standard input or a terminal, never from an argument, which others can see.</summary>
internal static class UserPassword
{
    /// <summary>The first line of standard input, or what a person types twice; throws <see cref="UsageException"/> when there is neither.</summary>
    public static string Read(CommandContext<UserSubject> context, bool isOnInput)
    {
        if (isOnInput) return context.In.ReadLine() ?? throw new UsageException("Standard input has no password.");
        if (!context.IsInteractive) throw new UsageException("There is no terminal to ask for the password: give it with --password-stdin.");
        var password = Ask(context.Error, "Password: ");
        return password == Ask(context.Error, "Again: ") ? password : throw new UsageException("The passwords differ.");
    }

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
