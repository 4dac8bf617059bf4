using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using Rvp.Protocol.Xml;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Storage;

namespace RvpServer.Home;

/// <summary>Finds what the owner of a node has asked for by REPORT, once the node has admitted it.</summary>
internal sealed class Reports(IHistory history, KeptHistory kept, IAccounts accounts, NodeLocator locator, RvpSettings settings)
{
    // Of an LDAP directory that counts those who are disabled as well.
    private const int MaxRead = 500;

    /// <summary>The answer.</summary>
    public async ValueTask<Answer> AnswerAsync(RvpUrl node, Report report, CancellationToken stop) => report switch
    {
        Report.OfMessages { Query: var query } => Found(HistoryXml.Write(await history.ReadAsync(node, query, stop), kept.Days)),
        Report.OfConversations { Limit: var limit } => Found(HistoryXml.Write(await history.ListAsync(node, limit, stop), kept.Days)),
        Report.OfPeople { Search: var search } when settings.Directory.PeopleSearch => Found(await FindAsync(node.Host, search, stop)),
        Report.OfPeople => new Answer.Refused(Refusal.NoPeopleSearch),
        _ => throw new InvalidOperationException("A report that nobody finds: " + report),
    };

    private async Task<byte[]> FindAsync(string domain, PeopleSearch search, CancellationToken stop)
    {
        var found = new List<FoundPerson>(search.Limit);
        await foreach (var person in accounts.In(domain).FindPeopleAsync(new PeopleQuery { Text = search.Match, Domain = domain, Max = MaxRead }, stop))
        {
            if (person is not { Account: { IsEnabled: true } account, IsDisabled: false } || account.Domain != domain) continue;
            if (found.Count == search.Limit) return PeopleXml.Write(found, hasMore: true);
            found.Add(new FoundPerson(locator.UrlOf(account).ToString(), account.DisplayName, account.Email, person.Department));
        }
        return PeopleXml.Write(found, hasMore: false);
    }

    private static Answer.Done Found(byte[] document) => new() { Body = document };
}
