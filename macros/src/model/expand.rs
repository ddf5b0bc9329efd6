use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, Type};

use super::{Field, Model};
use crate::bind::Bind;

impl Model {
    /// Everything that the derive emits.
    pub(super) fn expand(&self) -> TokenStream {
        let mut tokens = self.typed_columns();
        tokens.extend(self.fields_impl());
        tokens.extend(self.values_impl());
        tokens.extend(self.insert_struct());
        if let Some(table) = &self.table {
            tokens.extend(self.model_impl(table));
        }
        let ident = &self.ident;
        let bind = quote!(<#ident as ::bindery::schema::Fields>::Bind);
        tokens.extend(self.columns().map(|column| column.checks(&bind)));
        let own = self.columns().collect::<Vec<_>>();
        tokens.extend(self.constraints.iter().map(|constraint| constraint.checks(&bind, &own)));
        tokens
    }

    /// `impl User { pub const email: TypedColumn<User, String> = …; }`
    fn typed_columns(&self) -> TokenStream {
        let (ident, vis, holder) = (&self.ident, &self.vis, self.holder());
        let declaration = self.columns.iter().map(|holder| {
            let words = format!("The typed columns of [`{ident}`].");
            quote!(#[doc = #words] #vis struct #holder;)
        });
        let constants = self.columns().map(|column| column.constant(ident));
        quote! {
            #(#declaration)*
            #[allow(non_upper_case_globals, dead_code)]
            impl #holder {
                #(#constants)*
            }
        }
    }

    fn fields_impl(&self) -> TokenStream {
        let ident = &self.ident;
        let bind = self.bind_type();
        let (table, column_bind, owner) = match &self.table {
            Some(table) => {
                let bind = quote!(<Self as ::bindery::schema::Fields>::Bind);
                let owner = quote!(::bindery::schema::ColumnOwner::Table(<#bind as ::bindery::BindName>::KEY, #table));
                (quote!(::core::option::Option::Some(#table)), bind, owner)
            }
            None => (quote!(::core::option::Option::None), quote!(::bindery::AnyBind), quote!(::bindery::schema::ColumnOwner::Base)),
        };
        // Which models inherit a base, only they know: it is found out when a statement is run.
        let columns_of = match self.table {
            Some(_) => quote!(#[automatically_derived] impl ::bindery::schema::ColumnsOf<#ident> for #ident {}),
            None => quote!(#[automatically_derived] impl<T> ::bindery::schema::ColumnsOf<T> for #ident {}),
        };
        let new = self.new_ident();
        let own = self.columns().count();
        let widths = self.bases().map(|base| of_base(&base.ty, "WIDTH"));
        let names = self.fields.iter().map(|field| match field {
            Field::Column(column) => {
                let name = &column.name;
                quote!(&[#name])
            }
            Field::Base(base) => of_base(&base.ty, "NAMES"),
        });
        let names = quote_spanned! {self.base_span()=>
            ::bindery::__private::join_names::<{ <#ident as ::bindery::schema::Fields>::WIDTH }>(&[#(#names),*])
        };
        let columns = self.fields.iter().map(|field| match field {
            Field::Column(column) => {
                let column = column.to_schema();
                quote!(columns.push(#column);)
            }
            Field::Base(base) => {
                let columns = of_base(&base.ty, "columns");
                quote!(columns.extend(#columns());)
            }
        });
        let (key, key_part) = self.key_part();
        let reads = self.reads();
        // `NAMES` is read once here, so that two columns of one name fail to compile even where nothing else reads it.
        quote! {
            #[automatically_derived]
            impl ::bindery::schema::Columns for #ident {
                type ColumnBind = #column_bind;
                const OWNER: ::bindery::schema::ColumnOwner = #owner;
            }

            #columns_of

            #[automatically_derived]
            impl ::bindery::schema::Fields for #ident {
                type Bind = #bind;
                type KeyPart = #key;
                type NewPart = #new;
                const TABLE: ::core::option::Option<&'static str> = #table;
                const WIDTH: usize = #own #(+ #widths)*;
                const NAMES: &'static [&'static str] = &#names;

                fn columns() -> ::std::vec::Vec<::bindery::schema::Column> {
                    let mut columns = ::std::vec::Vec::with_capacity(<Self as ::bindery::schema::Fields>::WIDTH);
                    #(#columns)*
                    columns
                }

                fn from_row_at(row: &::bindery::engine::Row<'_>, offset: usize) -> ::bindery::Result<Self> {
                    ::core::result::Result::Ok(#ident { #(#reads),* })
                }

                fn key_part(&self) -> Self::KeyPart {
                    #key_part
                }
            }
            const _: &[&str] = <#ident as ::bindery::schema::Fields>::NAMES;
        }
    }

    /// Where the compiler reports what is wrong between the model and its bases: a key that none brings, a name that two bring.
    fn base_span(&self) -> Span {
        self.bases().next().map_or_else(Span::call_site, |base| base.ty.span())
    }

    /// Its own bind, else its base's, else `default`.
    fn bind_type(&self) -> TokenStream {
        match (&self.bind, self.bases().next()) {
            (None, Some(base)) => of_base(&base.ty, "Bind"),
            (bind, _) => Bind::to_type_or_default(bind.as_ref()),
        }
    }

    /// The type of the key's columns, and the expression for their values, joined in the order of the fields.
    fn key_part(&self) -> (TokenStream, TokenStream) {
        let parts = self.fields.iter().filter_map(|field| match field {
            Field::Column(column) => column.primary_key.as_ref().map(|_| {
                let (ident, ty) = (&column.ident, &column.ty);
                (quote!(#ty), quote_spanned!(ty.span()=> ::core::clone::Clone::clone(&self.#ident)))
            }),
            Field::Base(base) => {
                let (ident, key_part) = (&base.ident, of_base(&base.ty, "key_part"));
                Some((of_base(&base.ty, "KeyPart"), quote!(#key_part(&self.#ident))))
            }
        });
        let joined = parts.reduce(|(key, value), (part, part_value)| {
            (
                quote!(<#key as ::bindery::__private::JoinKey<#part>>::Joined),
                quote!(::bindery::__private::JoinKey::join_key(#value, #part_value)),
            )
        });
        joined.unwrap_or_else(|| (quote!(()), TokenStream::new()))
    }

    /// `id: read_field(row, offset + 0, "id")?`, for each field.
    fn reads(&self) -> Vec<TokenStream> {
        let mut own = 0_usize;
        let mut before = TokenStream::new();
        let mut reads = Vec::new();
        for field in &self.fields {
            match field {
                Field::Column(column) => {
                    let (ident, ty, name) = (&column.ident, &column.ty, &column.name);
                    let read = quote_spanned!(ty.span()=> ::bindery::__private::read_field::<#ty>);
                    reads.push(quote!(#ident: #read(row, offset + #own #before, #name)?));
                    own += 1;
                }
                Field::Base(base) => {
                    let (ident, read, width) = (&base.ident, of_base(&base.ty, "from_row_at"), of_base(&base.ty, "WIDTH"));
                    reads.push(quote!(#ident: #read(row, offset + #own #before)?));
                    before.extend(quote!(+ #width));
                }
            }
        }
        reads
    }

    /// The values of a whole row: all columns, the generated ones included.
    fn values_impl(&self) -> TokenStream {
        let ident = &self.ident;
        let pushes = self.fields.iter().map(|field| match field {
            Field::Column(column) => {
                let (ident, ty, name) = (&column.ident, &column.ty, &column.name);
                let push = quote_spanned!(ty.span()=> ::bindery::__private::push_value::<#ty>);
                quote!(#push(values, self.#ident, #name)?;)
            }
            Field::Base(base) => push_base(&base.ident),
        });
        values_impl(ident, pushes)
    }

    fn model_impl(&self, table: &str) -> TokenStream {
        let (ident, new) = (&self.ident, self.new_ident());
        let key = quote_spanned!(self.base_span()=> type Key = <Self as ::bindery::schema::Fields>::KeyPart;);
        let own = self.columns().collect::<Vec<_>>();
        let constraints = self.constraints.iter().map(|constraint| constraint.to_schema(&own));
        let (comment, options) = (self.comment.iter(), self.options.iter());
        quote! {
            #[automatically_derived]
            impl ::bindery::schema::Model for #ident {
                const NAME: &'static str = #table;
                #key
                type New = #new;

                fn table() -> &'static ::bindery::schema::Table {
                    static TABLE: ::bindery::schema::StaticTable = ::bindery::schema::StaticTable::new(|| {
                        ::bindery::schema::Table::new(
                            #table,
                            <<#ident as ::bindery::schema::Fields>::Bind as ::bindery::BindName>::KEY,
                        )
                        .columns_from(<#ident as ::bindery::schema::Fields>::columns())
                        #(#constraints)*
                        #(.options(#options))*
                        #(.comment(#comment))*
                    });
                    &TABLE
                }

                fn key(&self) -> Self::Key {
                    ::bindery::schema::Fields::key_part(self)
                }
            }

            #[automatically_derived]
            impl ::bindery::engine::FromRow for #ident {
                fn from_row(row: &::bindery::engine::Row<'_>) -> ::bindery::Result<Self> {
                    ::bindery::schema::Fields::from_row_at(row, 0)
                }

                fn check_columns(columns: &[::bindery::engine::ColumnInfo]) -> ::bindery::Result<()> {
                    <#ident as ::bindery::schema::Model>::table().check_columns(columns)
                }
            }

            #[automatically_derived]
            impl ::bindery::schema::Insertable for #ident {
                type Model = #ident;
            }

            #[automatically_derived]
            impl ::bindery::schema::Insertable for #new {
                type Model = #ident;
            }

            ::bindery::__private::inventory::submit! {
                ::bindery::schema::Registration::new(<#ident as ::bindery::schema::Model>::table)
            }
        }
    }
}

/// `<Audited as Fields>::Bind`, wholly at the field's type, so that the error for a type that isn't a base stands there.
pub(super) fn of_base(ty: &Type, item: &str) -> TokenStream {
    let item = Ident::new(item, ty.span());
    quote_spanned!(ty.span()=> <#ty as ::bindery::schema::Fields>::#item)
}

pub(super) fn push_base(field: &Ident) -> TokenStream {
    quote!(::bindery::schema::Values::into_values(self.#field, values)?;)
}

pub(super) fn values_impl(ident: &Ident, pushes: impl Iterator<Item = TokenStream>) -> TokenStream {
    quote! {
        #[automatically_derived]
        impl ::bindery::schema::Values for #ident {
            fn into_values(
                self,
                values: &mut ::std::vec::Vec<::core::option::Option<::bindery::value::Value>>,
            ) -> ::bindery::Result<()> {
                #(#pushes)*
                ::core::result::Result::Ok(())
            }
        }
    }
}
