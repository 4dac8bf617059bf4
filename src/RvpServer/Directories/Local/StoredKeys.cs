using System.Data.Common;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using RvpServer.Storage;

namespace RvpServer.Directories.Local;

/// <summary>The keys in a database that several servers may use: each needs what the others have encrypted. Throws <see cref="DbException"/>.</summary>
internal sealed class StoredKeys(IDatabase database) : IXmlRepository
{
    /// <inheritdoc/>
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var connection = database.Open();
        using var command = Sql.Command(connection, "SELECT xml FROM keys ORDER BY name");
        using var row = command.ExecuteReader();
        var all = new List<XElement>();
        while (row.Read()) all.Add(XElement.Parse(row.GetString(0)));
        return all;
    }

    /// <inheritdoc/>
    public void StoreElement(XElement element, string friendlyName)
    {
        using var connection = database.Open();
        using var command = Sql.Command(connection, "INSERT INTO keys (name, xml) VALUES (@name, @xml) ON CONFLICT (name) DO UPDATE SET xml = @xml",
            ("@name", friendlyName), ("@xml", element.ToString(SaveOptions.DisableFormatting)));
        command.ExecuteNonQuery();
    }
}
