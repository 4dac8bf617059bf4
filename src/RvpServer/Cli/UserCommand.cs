using System.CommandLine;
using Rvp.Protocol;
using RvpServer.Directories;

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
            UserAdd.Create(open), family.List(), family.Show(), family.SetEnabled("enable", true), family.SetEnabled("disable", false), family.Remove(),
            family.Password(), family.ForgetHistory(), family.Alias(), family.Move(), UserImport.Create(open),
        };
    }

    /// <summary>An address that was typed; throws <see cref="UsageException"/>.</summary>
    public static ImAddress ParseAddress(string text) =>
        ImAddress.TryParse(text, out var address) ? address : throw new UsageException($"\"{text}\" is no IM address: write it as JoBrown@adatum.com.");

    /// <summary>The option that reads the password from standard input.</summary>
    public static Option<bool> PasswordOption() => new("--password-stdin") { Description = "Reads the password from standard input" };

    /// <summary>The option that sets a home server which is not there.</summary>
    public static Option<bool> UncheckedOption() =>
        new("--unchecked") { Description = "Takes a home server elsewhere without looking whether there is one" };

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
        return WithAccount(new Command("show", "Shows an account") { json }, async (context, account, stop) =>
        {
            if (context.Parsed.GetValue(json)) UserListing.WriteJson(context.Out, account, context.Subject.Homes);
            else
            {
                UserListing.Write(context.Out, account, context.Subject.Homes);
                await UserReach.WarnAsync(context, account, stop);
            }
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
            await UserReach.WarnAsync(context, account, stop);
        });
    }

    private Command ForgetHistory() =>
        WithAccount(new Command("forget-history", "Deletes the messages that are kept as an account's history"), async (context, account, stop) =>
        {
            await context.Subject.Accounts.ForgetHistoryAsync(account, stop);
            context.Out.WriteLine($"{account.Email} has no history any more. Those who talked with them keep theirs.");
        });

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
            await context.Subject.Accounts.AddAddressAsync(account, context.Subject.Homes.GetFurther(account, further), stop);
            context.Out.WriteLine($"{account.Email} has the address {further}. Signing in with it works once the password is set again.");
        });
    }

    private Command Move()
    {
        const string description = "Home server: a virtual server's name, or a host elsewhere";
        var home = new Argument<string?>("HOME") { Description = description, Arity = ArgumentArity.ZeroOrOne };
        var option = new Option<string?>("--home") { HelpName = "NAME", Description = description + "; the same as HOME" };
        var isUnchecked = UncheckedOption();
        return WithAccount(new Command("move", "Gives an account another home server") { option, isUnchecked }, [home], async (context, account, stop) =>
        {
            var wanted = context.Parsed.GetValue(home) ?? context.Parsed.GetValue(option) ?? throw new UsageException("Name the home server to move to.");
            var homes = context.Subject.Homes;
            var name = homes.GetHome(account.Domain, wanted);
            if (!context.Parsed.GetValue(isUnchecked)) await context.Subject.Search.RequireAsync(name, stop);
            await context.Subject.Accounts.MoveAsync(account, name, stop);
            UserListing.WriteUrls(context.Out, account with { HomeServer = name }, homes);
        });
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

    private static Argument<string> AddressArgument() => new("ADDRESS") { Description = "IM address" };
}
