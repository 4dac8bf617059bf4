using System.Reflection;
using System.Runtime.CompilerServices;

namespace Rvp.Client.Tests;

/// <summary>What others can use of an assembly, as text: a line for each type and member, so that a change is seen where it is made.</summary>
internal static class ApiText
{
    private const BindingFlags Declared =
        BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>All of it, in order.</summary>
    public static string Of(Assembly assembly) => string.Concat(
        assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal).Select(type => $"{Head(type)}\n{string.Concat(Members(type))}"));

    private static IEnumerable<string> Members(Type type) =>
        type.GetMembers(Declared).Select(MemberText).OfType<string>().Order(StringComparer.Ordinal).Select(line => $"  {line}\n");

    private static string Head(Type type)
    {
        var kind = type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct"
            : type is { IsAbstract: true, IsSealed: true } ? "static class" : type.IsAbstract ? "abstract class" : type.IsSealed ? "sealed class" : "class";
        var above = type.GetInterfaces().Where(one => one.IsPublic).Select(Name).Order(StringComparer.Ordinal).ToList();
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum)) above.Insert(0, Name(parent));
        if (type.IsEnum) above.Clear();
        return $"{kind} {type.Namespace}.{Name(type)}{(above.Count > 0 ? " : " + string.Join(", ", above) : "")}";
    }

    private static string? MemberText(MemberInfo member) => member switch
    {
        ConstructorInfo made when IsSeen(made) && !made.IsStatic => "new" + Parameters(made),
        // What records write themselves says nothing that the properties do not.
        MethodInfo method when IsSeen(method) && !method.IsSpecialName && !method.IsDefined(typeof(CompilerGeneratedAttribute)) =>
            $"{Static(method)}{Name(method.ReturnType)} {method.Name}{Generic(method)}{Parameters(method)}",
        PropertyInfo property when property.GetMethod is { } read && IsSeen(read) && property.Name != "EqualityContract" =>
            $"{Static(read)}{(property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "")}{Name(property.PropertyType)}{Mark(property)} "
                + $"{property.Name} {{ get; {Setter(property)}}}",
        FieldInfo field when field.IsPublic && !field.IsSpecialName =>
            field.IsLiteral
                ? $"const {field.Name} = {field.GetRawConstantValue()}"
                : $"{(field.IsStatic ? "static " : "")}{Name(field.FieldType)} {field.Name}",
        _ => null,
    };

    private static bool IsSeen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Static(MethodInfo method) => method.IsStatic ? "static " : "";

    private static string Setter(PropertyInfo property) =>
        property.SetMethod is not { } write || !IsSeen(write) ? ""
        : write.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init; " : "set; ";

    private static string Mark(PropertyInfo property) =>
        !property.PropertyType.IsValueType && new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable ? "?" : "";

    private static string Generic(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";

    private static string Parameters(MethodBase method) => $"({string.Join(", ", method.GetParameters().Select(Text))})";

    private static string Text(ParameterInfo parameter)
    {
        var isNullable = !parameter.ParameterType.IsValueType && !parameter.ParameterType.IsByRef
            && new NullabilityInfoContext().Create(parameter).ReadState == NullabilityState.Nullable;
        var way = parameter.IsOut ? "out " : parameter.ParameterType.IsByRef ? "ref " : "";
        return $"{way}{Name(parameter.ParameterType)}{(isNullable ? "?" : "")} {parameter.Name}{(parameter.HasDefaultValue ? " = default" : "")}";
    }

    private static string Name(Type type)
    {
        if (type.IsByRef) return Name(type.GetElementType()!);
        if (type.IsArray) return Name(type.GetElementType()!) + "[]";
        if (Nullable.GetUnderlyingType(type) is { } value) return Name(value) + "?";
        var plain = type.Name.Split('`')[0];
        if (type is { IsNested: true, IsGenericParameter: false }) plain = $"{Name(type.DeclaringType!)}.{plain}";
        return type.IsGenericType ? $"{plain}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : plain;
    }
}
