using System.CommandLine;
using RvpServer.Directories;

namespace RvpServer.Cli;

/// <summary><c>user add</c>: enables one person, or all that an LDAP directory has in a group, in a unit or by a filter.</summary>
internal sealed class UserAdd
{
    private readonly Argument<string?> address = new("ADDRESS")
    {
        Description = "IM address; left out with --group, --unit or --filter",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> home = new("--home") { HelpName = "NAME", Description = "Home server: a virtual server's name, or a host elsewhere" };
    private readonly Option<string?> domain = new("--domain") { HelpName = "IMDOMAIN", Description = "IM domain, where it is not the one of the address" };
    private readonly Option<string?> display = new("--display") { HelpName = "TEXT", Description = "Shown name" };
    private readonly Option<bool> password = UserCommand.PasswordOption();
    private readonly Option<bool> isUnchecked = UserCommand.UncheckedOption();

    private readonly Option<string?> person = new("--person")
    {
        HelpName = "WHO",
        Description = "LDAP: who gets the address, where it does not show: distinguished name, account name or mail address",
    };

    private readonly Option<string?> group = new("--group") { HelpName = "GROUP", Description = "LDAP: enables the members of a group, by its name or DN" };
    private readonly Option<string?> unit = new("--unit") { HelpName = "DN", Description = "LDAP: enables everybody below this entry" };
    private readonly Option<string?> filter = new("--filter") { HelpName = "FILTER", Description = "LDAP: enables whom a filter finds, as (department=Sales)" };
    private readonly Option<bool> preview = new("--preview") { Description = "With the three: only says who would be enabled, as what, and who not and why" };

    private UserAdd()
    {
    }

    /// <summary>Creates the command.</summary>
    public static Command Create(Func<ParseResult, CommandContext<UserSubject>> open)
    {
        var add = new UserAdd();
        var command = new Command("add", "Enables an account and prints its URLs; or many people of an LDAP directory")
        {
            add.address, add.home, add.domain, add.display, add.password, add.isUnchecked, add.person, add.group, add.unit, add.filter,
            add.preview,
        };
        return command.WithAction(open, add.RunAsync);
    }

    private async Task<int> RunAsync(CommandContext<UserSubject> context, CancellationToken stop)
    {
        var parsed = context.Parsed;
        var query = new PeopleQuery { Group = parsed.GetValue(group), Unit = parsed.GetValue(unit), Filter = parsed.GetValue(filter) };
        var isMany = (query.Group ?? query.Unit ?? query.Filter) is not null;
        var isOne = parsed.GetValue(address) is not null;
        if (isMany == isOne) throw new UsageException("Name an IM address, or people by --group, --unit or --filter.");
        if (isOne && parsed.GetValue(preview)) throw new UsageException("--preview goes with --group, --unit or --filter.");
        if (isMany && (parsed.GetValue(display) ?? parsed.GetValue(person)) is not null) throw new UsageException("--display and --person are of one person.");
        if (isMany && parsed.GetValue(password)) throw new UsageException("--password-stdin is of one person: set each password with user passwd.");
        if (isMany)
        {
            var search = parsed.GetValue(isUnchecked) ? null : context.Subject.Search;
            return await new UserBulk(context, parsed.GetValue(home), parsed.GetValue(domain), search).RunAsync(query, parsed.GetValue(preview), stop);
        }
        await AddAsync(context, stop);
        return ExitCode.Done;
    }

    private async Task AddAsync(CommandContext<UserSubject> context, CancellationToken stop)
    {
        var (accounts, homes) = (context.Subject.Accounts, context.Subject.Homes);
        var parsed = UserCommand.ParseAddress(context.Parsed.GetRequiredValue(address)!);
        var imDomain = homes.GetDomain(parsed, context.Parsed.GetValue(domain));
        var homeName = homes.GetHome(imDomain.Name, context.Parsed.GetValue(home));
        if (!context.Parsed.GetValue(isUnchecked)) await context.Subject.Search.RequireAsync(homeName, stop);
        var isAsked = accounts.In(imDomain.Name).NeedsPassword || context.Parsed.GetValue(password);
        var secret = isAsked ? UserPassword.Read(context, context.Parsed.GetValue(password)) : null;
        var wanted = new NewAccount(imDomain.Name, parsed, context.Parsed.GetValue(display), homeName, secret) { Person = context.Parsed.GetValue(person) };
        var account = await accounts.AddAsync(wanted, stop);
        UserListing.WriteUrls(context.Out, account, homes);
        if (secret is not null) UserPassword.WarnOfPidgin(context.Error, account, secret);
        await UserReach.WarnAsync(context, account, stop);
    }
}
