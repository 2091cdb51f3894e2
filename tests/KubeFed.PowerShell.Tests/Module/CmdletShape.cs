using System.Management.Automation;
using System.Reflection;

namespace KubeFed.PowerShell.Tests.Module;

/// <summary>A cmdlet as its attributes describe it; the attributes are read, never made.</summary>
internal sealed record CmdletShape(Type Type, string Verb, string Noun, bool SupportsShouldProcess, string? ConfirmImpact)
{
    public string Name => $"{Verb}-{Noun}";

    public static IReadOnlyList<CmdletShape> All { get; } =
        [.. Repository.Cmdlets.GetExportedTypes().Select(From).OfType<CmdletShape>().OrderBy(shape => shape.Name, StringComparer.Ordinal)];

    public IEnumerable<PropertyInfo> Parameters => Type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.GetCustomAttributesData().Any(data => data.AttributeType == typeof(ParameterAttribute)));

    public bool Has<TAttribute>() => Type.GetCustomAttributesData().Any(data => data.AttributeType == typeof(TAttribute));

    public override string ToString() => Name;

    private static CmdletShape? From(Type type)
    {
        var data = type.GetCustomAttributesData().FirstOrDefault(data => data.AttributeType == typeof(CmdletAttribute));
        if (data is null)
        {
            return null;
        }

        var named = data.NamedArguments.ToDictionary(argument => argument.MemberName, argument => argument.TypedValue, StringComparer.Ordinal);
        var impact = named.TryGetValue("ConfirmImpact", out var value) ? Enum.GetName(typeof(ConfirmImpact), value.Value!) : null;
        return new CmdletShape(
            type,
            (string)data.ConstructorArguments[0].Value!,
            (string)data.ConstructorArguments[1].Value!,
            named.TryGetValue("SupportsShouldProcess", out var supports) && supports.Value is true,
            impact);
    }
}
