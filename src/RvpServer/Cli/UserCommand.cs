using System.CommandLine;
using System.Globalization;
using Rvp.Protocol;
using RvpServer.Directories;
using RvpServer.Storage;

namespace RvpServer.Cli;

/// <summary>The command family <c>user</c>: the accounts of the directory. Exit codes: 0 done, 1 failed, 2 wrong usage.</summary>
internal sealed class UserCommand
{
    private readonly UserCommandContext context;

    private UserCommand(UserCommandContext context) => this.context = context;

    /// <summary>The family with all its commands.</summary>
    public static Command Create(UserCommandContext context)
    {
        var family = new UserCommand(context);
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
        return WithAction(command, async (environment, parse, stop) =>
        {
            var parsed = ParseAddress(parse.GetRequiredValue(address));
            var homes = HomesOf(environment);
            var imDomain = homes.GetDomain(parsed, parse.GetValue(domain));
            var homeName = homes.GetHome(imDomain.Name, parse.GetValue(home));
            var secret = environment.Accounts.NeedsPassword || parse.GetValue(password) ? UserPassword.Read(environment, parse.GetValue(password)) : null;
            var account = await environment.Accounts.AddAsync(new NewAccount(imDomain.Name, parsed, parse.GetValue(display), homeName, secret), stop);
            UserListing.WriteUrls(environment.Out, account, homes);
        });
    }

    private Command List()
    {
        var domain = new Option<string?>("--domain") { HelpName = "IMDOMAIN", Description = "Only accounts of this IM domain" };
        var json = JsonOption();
        return WithAction(new Command("list", "Lists accounts") { domain, json }, async (environment, parse, stop) =>
        {
            var accounts = await environment.Accounts.ListAsync(stop);
            if (parse.GetValue(domain) is { } wanted) accounts = [.. accounts.Where(account => account.Domain.Equals(wanted, StringComparison.OrdinalIgnoreCase))];
            if (parse.GetValue(json)) UserListing.WriteJson(environment.Out, accounts, HomesOf(environment));
            else UserListing.WriteTable(environment.Out, accounts);
        });
    }

    private Command Show()
    {
        var json = JsonOption();
        return WithAccount(new Command("show", "Shows an account") { json }, (environment, account, parse, _) =>
        {
            if (parse.GetValue(json)) UserListing.WriteJson(environment.Out, account, HomesOf(environment));
            else UserListing.Write(environment.Out, account, HomesOf(environment));
            return Task.CompletedTask;
        });
    }

    private Command SetEnabled(string name, bool isEnabled) =>
        WithAccount(new Command(name, isEnabled ? "Serves an account again" : "Keeps an account, but serves it no longer"), async (environment, account, _, stop) =>
        {
            await environment.Accounts.SetEnabledAsync(account, isEnabled, stop);
            environment.Out.WriteLine($"{account.Email} is {name}d.");
        });

    private Command Remove() =>
        WithAccount(new Command("remove", "Ends an account and all that is stored of it"), async (environment, account, _, stop) =>
        {
            await environment.Accounts.RemoveAsync(account, stop);
            environment.Out.WriteLine($"{account.Email} is removed.");
        });

    private Command Password()
    {
        var password = PasswordOption();
        return WithAccount(new Command("passwd", "Changes an account's password") { password }, async (environment, account, parse, stop) =>
        {
            await environment.Accounts.SetPasswordAsync(account, UserPassword.Read(environment, parse.GetValue(password)), stop);
            environment.Out.WriteLine($"{account.Email} has a new password.");
        });
    }

    private Command Alias()
    {
        var alias = new Argument<string>("ALIAS") { Description = "The further address" };
        var remove = new Option<bool>("--remove") { Description = "Takes it away instead" };
        return WithAccount(new Command("alias", "Gives an account a further address") { remove }, [alias], async (environment, account, parse, stop) =>
        {
            var further = ParseAddress(parse.GetRequiredValue(alias));
            if (parse.GetValue(remove))
            {
                await environment.Accounts.RemoveAddressAsync(account, further, stop);
                environment.Out.WriteLine($"{account.Email} no longer has the address {further}.");
                return;
            }
            if (HomesOf(environment).GetDomain(further).Name is var domain && domain != account.Domain)
                throw new AccountException($"{further} is an address of {domain}, but {account.Email} is an account of {account.Domain}.");
            await environment.Accounts.AddAddressAsync(account, further, stop);
            environment.Out.WriteLine($"{account.Email} has the address {further}. Signing in with it works once the password is set again.");
        });
    }

    private Command Move()
    {
        const string description = "Home server: a virtual server's name, or a host elsewhere";
        var home = new Argument<string?>("HOME") { Description = description, Arity = ArgumentArity.ZeroOrOne };
        var option = new Option<string?>("--home") { HelpName = "NAME", Description = description + "; the same as HOME" };
        return WithAccount(new Command("move", "Gives an account another home server") { option }, [home], async (environment, account, parse, stop) =>
        {
            var wanted = parse.GetValue(home) ?? parse.GetValue(option) ?? throw new UserUsageException("Name the home server to move to.");
            var homes = HomesOf(environment);
            var name = homes.GetHome(account.Domain, wanted);
            await environment.Accounts.MoveAsync(account, name, stop);
            UserListing.WriteUrls(environment.Out, account with { HomeServer = name }, homes);
        });
    }

    private Command Import()
    {
        var file = new Argument<string>("FILE") { Description = "CSV with the header address,display,home,password; - is standard input" };
        return WithAction(new Command("import", "Enables many accounts, all or none") { file }, async (environment, parse, stop) =>
        {
            var name = parse.GetRequiredValue(file);
            using var opened = name == "-" ? null : new StreamReader(name);
            var rows = UserImport.Read(opened ?? environment.In, HomesOf(environment));
            try
            {
                var count = await environment.Accounts.ImportAsync(rows, read => ShowProgress(environment, read), stop);
                if (environment.IsInteractive) environment.Error.WriteLine();
                environment.Out.WriteLine(count == 1 ? "1 account imported." : string.Create(CultureInfo.InvariantCulture, $"{count} accounts imported."));
            }
            catch (AccountException failure)
            {
                throw new AccountException(failure.Message + " Nothing was imported.");
            }
        });
    }

    private static void ShowProgress(UserEnvironment environment, int read)
    {
        if (environment.IsInteractive && read % 100 == 0) environment.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{read} accounts read"));
    }

    private Command WithAccount(Command command, Func<UserEnvironment, Account, ParseResult, CancellationToken, Task> work) => WithAccount(command, [], work);

    private Command WithAccount(Command command, IEnumerable<Argument> more, Func<UserEnvironment, Account, ParseResult, CancellationToken, Task> work)
    {
        var argument = AddressArgument();
        command.Arguments.Add(argument);
        foreach (var other in more) command.Arguments.Add(other);
        return WithAction(command, async (environment, parse, stop) =>
        {
            var address = ParseAddress(parse.GetRequiredValue(argument));
            var account = await environment.Accounts.FindAsync(address, HomesOf(environment).FindDomain(address), stop)
                ?? throw new AccountException($"{address} has no account.");
            await work(environment, account, parse, stop);
        });
    }

    private Command WithAction(Command command, Func<UserEnvironment, ParseResult, CancellationToken, Task> work)
    {
        command.SetAction(async (parse, stop) =>
        {
            var error = parse.InvocationConfiguration.Error;
            try
            {
                using var environment = context.Open(parse);
                error = environment.Error;
                await work(environment, parse, stop);
                return 0;
            }
            catch (UserUsageException wrong)
            {
                error.WriteLine(wrong.Message);
                return 2;
            }
            catch (Exception failure) when (failure is AccountException or DirectoryException or StoreException or IOException or UnauthorizedAccessException)
            {
                error.WriteLine(failure.Message);
                return 1;
            }
        });
        return command;
    }

    private static ImAddress ParseAddress(string text) =>
        ImAddress.TryParse(text, out var address) ? address : throw new UserUsageException($"\"{text}\" is no IM address: write it as JoBrown@adatum.com.");

    private static UserHomes HomesOf(UserEnvironment environment) => new(environment.Domains);

    private static Argument<string> AddressArgument() => new("ADDRESS") { Description = "IM address" };

    private static Option<bool> PasswordOption() => new("--password-stdin") { Description = "Reads the password from standard input" };

    private static Option<bool> JsonOption() => new("--json") { Description = "Prints JSON" };
}
