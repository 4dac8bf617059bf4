using System.CommandLine;
using Rvp.Protocol;
using RvpServer.Administration;

namespace RvpServer.Cli;

/// <summary>The command family <c>admin</c>: who may administer, and what they did.</summary>
internal sealed class AdminCommand
{
    private readonly Func<ParseResult, CommandContext<AdminSubject>> open;
    private readonly Option<string?> group = new("--group") { HelpName = "DN", Description = "A group of the LDAP directory instead of a person" };
    private readonly Option<string?> domain =
        new("--domain") { HelpName = "IMDOMAIN", Description = "Only for this IM domain; otherwise for the whole installation" };

    private AdminCommand(Func<ParseResult, CommandContext<AdminSubject>> open) => this.open = open;

    /// <summary>Creates the family with all its commands; <paramref name="open"/> is called when one of them runs.</summary>
    public static Command Create(Func<ParseResult, CommandContext<AdminSubject>> open)
    {
        var family = new AdminCommand(open);
        return new Command("admin", "Who may administer") { family.Grant(), family.Revoke(), family.List() };
    }

    private Command Grant()
    {
        // With --group there is no address, and the role comes first.
        var words = new Argument<string[]>("ADDRESS ROLE")
        {
            Arity = new ArgumentArity(1, 2),
            Description = $"IM address and role: {AdminRoles.Words}; with --group the role alone",
        };
        var command = new Command("grant", "Gives a role, in place of the one that they have there") { words, group, domain };
        return command.WithAction(open, async (context, stop) =>
        {
            var given = context.Parsed.GetRequiredValue(words);
            var role = AdminRoles.Of(given[^1]) ?? throw new UsageException($"\"{given[^1]}\" is no role: write {AdminRoles.Words}.");
            var target = TargetOf(context.Parsed, given.Length == 2 ? given[0] : null);
            var grant = await context.Subject.Roles.GrantAsync(target, role, context.Parsed.GetValue(domain), stop);
            context.Out.WriteLine($"{grant.Name} is {grant.Role.Name()} for {ScopeOf(grant)}.");
            return ExitCode.Done;
        });
    }

    private Command Revoke()
    {
        var address = new Argument<string?>("ADDRESS") { Arity = ArgumentArity.ZeroOrOne, Description = "IM address" };
        var command = new Command("revoke", "Takes a role") { address, group, domain };
        return command.WithAction(open, async (context, stop) =>
        {
            var target = TargetOf(context.Parsed, context.Parsed.GetValue(address));
            var grant = await context.Subject.Roles.RevokeAsync(target, context.Parsed.GetValue(domain), stop);
            context.Out.WriteLine($"{grant.Name} is no longer {grant.Role.Name()} for {ScopeOf(grant)}.");
            return ExitCode.Done;
        });
    }

    private Command List()
    {
        var json = JsonOutput.Option();
        return new Command("list", "Lists who has which role") { json }.WithAction(open, async (context, stop) =>
        {
            var all = await context.Subject.Roles.ListAsync(stop);
            if (context.Parsed.GetValue(json)) context.Out.WriteJson(all.Select(Admin.ApiGrant.Of));
            else if (all.Count == 0) context.Out.WriteLine("Nobody has a role: whoever may open the data directory gives the first with \"admin grant\".");
            else foreach (var grant in all) context.Out.WriteLine($"{grant.Name}: {grant.Role.Name()} for {ScopeOf(grant)}");
            return ExitCode.Done;
        });
    }

    private GrantTarget TargetOf(ParseResult parsed, string? address)
    {
        var named = parsed.GetValue(group);
        if (address is null == named is null) throw new UsageException("Name either an IM address or a group with --group.");
        if (named is not null) return new GrantTarget.Group(named);
        return ImAddress.TryParse(address, out var person)
            ? new GrantTarget.Person(person) : throw new UsageException($"\"{address}\" is no IM address: write it as JoBrown@adatum.com.");
    }

    private static string ScopeOf(RoleGrant grant) => grant.Domain ?? "the whole installation";
}
