using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using RvpServer.Administration;
using RvpServer.Configuration;
using RvpServer.Runtime;
using RvpServer.Storage;
using RvpServer.Storage.Sqlite;

namespace RvpServer.AdminConsole.Pages;

/// <summary>Gives a copy of the store.</summary>
internal sealed class BackupModel(RvpSettings settings, IDatabase database, AdminServices services, WallClock wall) : ConsolePage
{
    /// <summary>False if the store is elsewhere, where other tools copy it.</summary>
    public bool IsFile => database is SqliteFile;

    public bool MayTake => Who.Has(AdminRole.FullAdministrator, domain: null);

    public string Keys => Path.Combine(settings.DataDirectory, "keys");

    public void OnGet() => Who.Require(AdminRole.ViewOnly, domain: null);

    public async Task<IActionResult> OnPostAsync(CancellationToken stop)
    {
        Who.Require(AdminRole.FullAdministrator, domain: null);
        if (database is not SqliteFile store) return NotFound();
        // Beside the store: there is room, and nobody else may read there. The file is gone as soon as it was sent.
        var file = Path.Combine(settings.DataDirectory, $"backup-{Guid.NewGuid():N}.db");
        try
        {
            await Task.Run(() => SqliteBackup.Write(store.Path, file), stop);
            await services.Audit.AddAsync(AuditEntry.Of(Who, "store.backup", "store", domain: null));
            var content = new FileStream(file, new FileStreamOptions { Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous });
            return File(content, "application/vnd.sqlite3", string.Create(CultureInfo.InvariantCulture, $"rvp-{wall.Now:yyyyMMdd-HHmm}.db"));
        }
        catch
        {
            System.IO.File.Delete(file);
            throw;
        }
    }
}
