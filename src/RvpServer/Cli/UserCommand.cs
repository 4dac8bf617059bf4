using System.CommandLine;
using System.Globalization;
using Rvp.Protocol;
using RvpServer.Directories;
using RvpServer.Network;

namespace RvpServer.Cli;

/// <summary>The command family <c>user</c>: the accounts of the directory.</summary>
internal sealed class UserCommand
{
    private readonly Func<ParseResult, CommandContext<UserSubject>> open;

    private UserCommand(Func<ParseResult, CommandContext<UserSubject>> open) => this.open = open;

    /// <summary>Creates the family with all its commands; <paramref name="open"/> is called when one of them runs.</summary>
    public static Command Create(Func<ParseResult, CommandContext<UserSubject>> open)
    {
        var family = new UserCommand(open);
        return new Command("user", "Accounts of the directory")
        {
            family.Add(), family.List(), family.Show(), family.SetEnabled("enable", true), family.SetEnabled("disable", false), family.Remove(),
            family.Password(), family.Alias(), family.Move(), family.Import(),
        };
    }

    private Command Add()
    {
        var address = AddressArgument();
        var home = new Option<string?>("--home") { HelpName = "NAME", Description = "Home server: a virtual server's name, or a host elsewhere" };
        var domain = new Option<string?>("--domain") { HelpName = "IMDOMAIN", Description = "IM domain, where it is not the one of the address" };
        var display = new Option<string?>("--display") { HelpName = "TEXT", Description = "Shown name" };
        var password = PasswordOption();
        var command = new Command("add", "Enables an account and prints its URLs") { address, home, domain, display, password };
        return WithAction(command, async (context, stop) =>
        {
            var parsed = ParseAddress(context.Parsed.GetRequiredValue(address));
            var homes = context.Subject.Homes;
            var imDomain = homes.GetDomain(parsed, context.Parsed.GetValue(domain));
            var homeName = homes.GetHome(imDomain.Name, context.Parsed.GetValue(home));
            var secret = context.Subject.Accounts.NeedsPassword || context.Parsed.GetValue(password)
                ? UserPassword.Read(context, context.Parsed.GetValue(password))
                : null;
            var account = await context.Subject.Accounts.AddAsync(
                new NewAccount(imDomain.Name, parsed, context.Parsed.GetValue(display), homeName, secret), stop);
            UserListing.WriteUrls(context.Out, account, homes);
            if (secret is not null) UserPassword.WarnOfPidgin(context.Error, account, secret);
        });
    }

    private Command List()
    {
        var domain = new Option<string?>("--domain") { HelpName = "IMDOMAIN", Description = "Only accounts of this IM domain" };
        var json = JsonOutput.Option();
        return WithAction(new Command("list", "Lists accounts") { domain, json }, async (context, stop) =>
        {
            var accounts = await context.Subject.Accounts.ListAsync(stop);
            if (context.Parsed.GetValue(domain) is { } wanted)
            {
                accounts = [.. accounts.Where(account => account.Domain.Equals(wanted, StringComparison.OrdinalIgnoreCase))];
            }
            if (context.Parsed.GetValue(json)) UserListing.WriteJson(context.Out, accounts, context.Subject.Homes);
            else UserListing.WriteTable(context.Out, accounts);
        });
    }

    private Command Show()
    {
        var json = JsonOutput.Option();
        return WithAccount(new Command("show", "Shows an account") { json }, (context, account, _) =>
        {
            if (context.Parsed.GetValue(json)) UserListing.WriteJson(context.Out, account, context.Subject.Homes);
            else UserListing.Write(context.Out, account, context.Subject.Homes);
            return Task.CompletedTask;
        });
    }

    private Command SetEnabled(string name, bool isEnabled) =>
        WithAccount(new Command(name, isEnabled ? "Serves an account again" : "Keeps an account, but serves it no longer"), async (context, account, stop) =>
        {
            await context.Subject.Accounts.SetEnabledAsync(account, isEnabled, stop);
            context.Out.WriteLine($"{account.Email} is {name}d.");
        });

    private Command Remove() =>
        WithAccount(new Command("remove", "Ends an account and all that is stored of it"), async (context, account, stop) =>
        {
            await context.Subject.Accounts.RemoveAsync(account, stop);
            context.Out.WriteLine($"{account.Email} is removed.");
        });

    private Command Password()
    {
        var password = PasswordOption();
        return WithAccount(new Command("passwd", "Changes an account's password") { password }, async (context, account, stop) =>
        {
            var secret = UserPassword.Read(context, context.Parsed.GetValue(password));
            await context.Subject.Accounts.SetPasswordAsync(account, secret, stop);
            context.Out.WriteLine($"{account.Email} has a new password.");
            UserPassword.WarnOfPidgin(context.Error, account, secret);
        });
    }

    private Command Alias()
    {
        var alias = new Argument<string>("ALIAS") { Description = "The further address" };
        var remove = new Option<bool>("--remove") { Description = "Takes it away instead" };
        return WithAccount(new Command("alias", "Gives an account a further address") { remove }, [alias], async (context, account, stop) =>
        {
            var further = ParseAddress(context.Parsed.GetRequiredValue(alias));
            if (context.Parsed.GetValue(remove))
            {
                await context.Subject.Accounts.RemoveAddressAsync(account, further, stop);
                context.Out.WriteLine($"{account.Email} no longer has the address {further}.");
                return;
            }
            if (context.Subject.Homes.GetDomain(further).Name is var domain && domain != account.Domain)
                throw new AccountException($"{further} is an address of {domain}, but {account.Email} is an account of {account.Domain}.");
            await context.Subject.Accounts.AddAddressAsync(account, further, stop);
            context.Out.WriteLine($"{account.Email} has the address {further}. Signing in with it works once the password is set again.");
        });
    }

    private Command Move()
    {
        const string description = "Home server: a virtual server's name, or a host elsewhere";
        var home = new Argument<string?>("HOME") { Description = description, Arity = ArgumentArity.ZeroOrOne };
        var option = new Option<string?>("--home") { HelpName = "NAME", Description = description + "; the same as HOME" };
        return WithAccount(new Command("move", "Gives an account another home server") { option }, [home], async (context, account, stop) =>
        {
            var wanted = context.Parsed.GetValue(home) ?? context.Parsed.GetValue(option) ?? throw new UsageException("Name the home server to move to.");
            var homes = context.Subject.Homes;
            var name = homes.GetHome(account.Domain, wanted);
            await context.Subject.Accounts.MoveAsync(account, name, stop);
            UserListing.WriteUrls(context.Out, account with { HomeServer = name }, homes);
        });
    }

    private Command Import()
    {
        var file = new Argument<string>("FILE") { Description = "CSV with the header address,display,home,password; - is standard input" };
        return WithAction(new Command("import", "Enables many accounts, all or none") { file }, async (context, stop) =>
        {
            var name = context.Parsed.GetRequiredValue(file);
            using var opened = Open(name, context);
            var seen = new List<(int Line, NewAccount Account)>();
            var rows = UserImport.Read(opened ?? context.In, context.Subject.Homes).Select(row =>
            {
                seen.Add(row);
                return row;
            });
            try
            {
                var count = await context.Subject.Accounts.ImportAsync(rows, read => ShowProgress(context, read), stop);
                if (context.IsInteractive) context.Error.WriteLine();
                context.Out.WriteLine(count == 1 ? "1 account imported." : string.Create(CultureInfo.InvariantCulture, $"{count} accounts imported."));
                UserPassword.WarnOfPidgin(context.Error, seen);
            }
            catch (AccountException failure)
            {
                throw new AccountException(failure.Message + " Nothing was imported.");
            }
        });
    }

    // Standard input in the same way as a file: Excel writes UTF-16 too, or the letters of its country.
    private static StreamReader? Open(string name, CommandContext<UserSubject> context) =>
        name != "-" ? new StreamReader(name, Charsets.Utf8OrLatin1)
        : ReferenceEquals(context.In, Console.In) && Console.IsInputRedirected ? new StreamReader(Console.OpenStandardInput(), Charsets.Utf8OrLatin1)
        : null;

    private static void ShowProgress(CommandContext<UserSubject> context, int read)
    {
        if (context.IsInteractive && read % 100 == 0) context.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{read} accounts read"));
    }

    private Command WithAccount(Command command, Func<CommandContext<UserSubject>, Account, CancellationToken, Task> work) => WithAccount(command, [], work);

    private Command WithAccount(Command command, IEnumerable<Argument> more, Func<CommandContext<UserSubject>, Account, CancellationToken, Task> work)
    {
        var argument = AddressArgument();
        command.Arguments.Add(argument);
        foreach (var other in more) command.Arguments.Add(other);
        return WithAction(command, async (context, stop) =>
        {
            var address = ParseAddress(context.Parsed.GetRequiredValue(argument));
            var account = await context.Subject.Accounts.FindAsync(address, context.Subject.Homes.FindDomain(address), stop)
                ?? throw new AccountException($"{address} has no account.");
            await work(context, account, stop);
        });
    }

    private Command WithAction(Command command, Func<CommandContext<UserSubject>, CancellationToken, Task> work) =>
        command.WithAction(open, async (context, stop) =>
        {
            await work(context, stop);
            return ExitCode.Done;
        });

    private static ImAddress ParseAddress(string text) =>
        ImAddress.TryParse(text, out var address) ? address : throw new UsageException($"\"{text}\" is no IM address: write it as JoBrown@adatum.com.");

    private static Argument<string> AddressArgument() => new("ADDRESS") { Description = "IM address" };

    private static Option<bool> PasswordOption() => new("--password-stdin") { Description = "Reads the password from standard input" };
}
